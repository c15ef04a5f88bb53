/**
 * The one instance of `name` in this process, made on first use. `server.ts` and Next's bundle hold separate
 * copies of every module, so a module-level variable is not one per process; this is.
 */
export function processSingleton<T>(name: string, make: () => T): T {
  const key = Symbol.for(`parley.${name}`);
  const held = Object.getOwnPropertyDescriptor(globalThis, key);
  // The only cast: what sits under our own symbol was put there by this function with the same name.
  if (held !== undefined) return held.value as T;
  const value = make();
  Object.defineProperty(globalThis, key, { value, configurable: true, enumerable: false, writable: false });
  return value;
}
