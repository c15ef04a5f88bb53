import { BlockList, isIP } from 'node:net';

export type Place = { name: string; address: string; port: number };

/** What OUTBOUND_ALLOW opens besides the public internet. */
export type AllowList = {
  /** Whether whoever runs Parley named this place: by its address, by a range, or by the name it is asked under. */
  allows(place: Place): boolean;
};

/** An entry is an address, a range or a name, each with a port if only that one is meant. */
export function isAllowEntry(entry: string): boolean {
  return parseEntry(entry) !== null;
}

/** Entries that `isAllowEntry` does not take open nothing. */
export function parseAllowList(entries: readonly string[]): AllowList {
  const matchers = entries.flatMap((entry) => parseEntry(entry) ?? []);
  return { allows: (place) => matchers.some((matches) => matches(place)) };
}

function parseEntry(entry: string): ((place: Place) => boolean) | null {
  const { host, port } = splitPort(entry);
  if (port !== null && (port < 1 || port > 65_535)) return null;
  const matchesHost = hostMatcher(host);
  if (matchesHost === null) return null;
  return (place) => (port === null || port === place.port) && matchesHost(place);
}

/** `name:443`, `10.0.0.1:80`, `[::1]:80`; a bare IPv6 address has colons of its own. */
function splitPort(entry: string): { host: string; port: number | null } {
  const found = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(entry);
  if (found === null) return { host: entry, port: null };
  return { host: found[1] ?? found[2] ?? '', port: found[3] === undefined ? null : Number(found[3]) };
}

function hostMatcher(host: string): ((place: Place) => boolean) | null {
  const [address = '', bits, ...rest] = host.split('/');
  const family = isIP(address);
  if (family === 0) {
    const name = host.toLowerCase();
    return /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(name) ? (place) => place.name === name : null;
  }
  const bitsMax = family === 4 ? 32 : 128;
  if (rest.length > 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax)))
    return null;
  const list = new BlockList();
  list.addSubnet(address, Number(bits ?? bitsMax), family === 4 ? 'ipv4' : 'ipv6');
  return (place) => {
    const placeFamily = isIP(place.address);
    return placeFamily !== 0 && list.check(place.address, placeFamily === 4 ? 'ipv4' : 'ipv6');
  };
}
