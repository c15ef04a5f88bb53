import { BlockList, isIP } from 'node:net';

/**
 * Whether an address is one machine of the public internet: not this machine, not one inside, not a group of them, and
 * not one of those in another spelling. What is not known to be public is not.
 */
export function isPublicAddress(address: string): boolean {
  // With a zone it is an address of a link.
  if (address.includes('%')) return false;
  switch (isIP(address)) {
    case 4:
      return !insideIpv4.check(address, 'ipv4');
    case 6: {
      const meant = embeddedIpv4(address);
      if (meant !== null) return isPublicAddress(meant);
      return globalIpv6.check(address, 'ipv6') && !insideIpv6.check(address, 'ipv6');
    }
    default:
      return false;
  }
}

/** The IPv4 address that a mapped (::ffff:0:0/96) or translated (64:ff9b::/96) one stands for; null for any other. */
function embeddedIpv4(address: string): string | null {
  const groups = groupsOf(address);
  const prefix = groups.slice(0, 6).join();
  if (prefix !== mappedPrefix && prefix !== translatedPrefix) return null;
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

const mappedPrefix = [0, 0, 0, 0, 0, 0xffff].join();
const translatedPrefix = [0x64, 0xff9b, 0, 0, 0, 0].join();

/** The eight numbers of an IPv6 address that `isIP` took, also where it ends like an IPv4 one. */
function groupsOf(address: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const text =
    dotted === null ? address : `${dotted[1]}${pairOf(dotted[2], dotted[3])}:${pairOf(dotted[4], dotted[5])}`;
  const [head = '', tail = ''] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const gap = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...gap, ...right].map((group) => Number.parseInt(group, 16));
}

function pairOf(high: string | undefined, low: string | undefined): string {
  return (Number(high) * 256 + Number(low)).toString(16);
}

function listOf(family: 'ipv4' | 'ipv6', ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    list.addSubnet(network, Number(bits), family);
  }
  return list;
}

/** IANA's special-purpose addresses, and groups. */
const insideIpv4 = listOf('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]);

const globalIpv6 = listOf('ipv6', ['2000::/3']);

/** Of the global ones: tunnels that lead to any IPv4 address, protocols' own, and examples of books. */
const insideIpv6 = listOf('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);
