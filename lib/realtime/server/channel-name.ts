/** `user` is the channel of one signed-in user, which only that user's own sockets may join. */
export type ChannelKind = 'public' | 'private' | 'presence' | 'user';

export type ChannelName = { name: string; kind: ChannelKind; isCache: boolean; userId: string | null };

const channelCharsMax = 164;
const grammar = /^[A-Za-z0-9_\-=@,.;]+$/;
const userPrefix = '#server-to-user-';
const userIdGrammar = /^[^\p{C}]+$/u;
const cachePrefixes = ['cache-', 'private-cache-', 'private-encrypted-cache-', 'presence-cache-'];

/** Reads a channel's name strictly; null for whatever the hosted service would refuse. */
export function parseChannelName(name: string): ChannelName | null {
  if (name.length > channelCharsMax) return null;
  if (name.startsWith(userPrefix)) {
    const userId = name.slice(userPrefix.length);
    return userIdGrammar.test(userId) ? { name, kind: 'user', isCache: false, userId } : null;
  }
  if (!grammar.test(name)) return null;
  const isCache = cachePrefixes.some((prefix) => name.startsWith(prefix));
  return { name, kind: kindOf(name), isCache, userId: null };
}

function kindOf(name: string): ChannelKind {
  if (name.startsWith('private-')) return 'private';
  if (name.startsWith('presence-')) return 'presence';
  return 'public';
}
