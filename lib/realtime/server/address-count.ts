import { isIPv6 } from 'node:net';

/** Counts connections per network address, a whole /64 as one: a single machine owns that many. */
export type AddressCount = {
  isFull(addressKey: string): boolean;
  add(addressKey: string): void;
  remove(addressKey: string): void;
};

export function createAddressCount(connectionsPerAddressMax: number): AddressCount {
  const counts = new Map<string, number>();
  return {
    isFull(addressKey) {
      return addressKey !== loopback && (counts.get(addressKey) ?? 0) >= connectionsPerAddressMax;
    },
    add(addressKey) {
      counts.set(addressKey, (counts.get(addressKey) ?? 0) + 1);
    },
    remove(addressKey) {
      const left = (counts.get(addressKey) ?? 0) - 1;
      if (left > 0) counts.set(addressKey, left);
      else counts.delete(addressKey);
    },
  };
}

const loopback = 'loopback';

export function addressKeyOf(remoteAddress: string | undefined): string {
  if (remoteAddress === undefined) return 'unknown';
  const address = remoteAddress
    .toLowerCase()
    .replace(/^::ffff:(?=\d+\.)/, '')
    .replace(/%.*$/, '');
  if (address === '::1' || address.startsWith('127.')) return loopback;
  return isIPv6(address) ? networkOf(address) : address;
}

function networkOf(address: string): string {
  const [before = '', after] = address.split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const zeros = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  const groups = [...head, ...Array.from({ length: zeros }, () => '0'), ...tail];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
