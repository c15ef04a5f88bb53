/** Null where there are none, and where the browser keeps nothing for any site: there the very making throws. */
export function openChannel(name: string): BroadcastChannel | null {
  try {
    return new BroadcastChannel(name);
  } catch {
    return null;
  }
}
