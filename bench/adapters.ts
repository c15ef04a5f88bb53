import type { Adapter } from '#/bench/adapter.ts';

/** Every system that the driver can talk to. Another one is a file in `adapters/` and a line here. */
const adapters: Record<string, () => Promise<Adapter>> = {
  parley: async () => (await import('#/bench/adapters/parley.ts')).parley,
};

export async function loadAdapter(name: string): Promise<Adapter> {
  const load = adapters[name];
  if (load === undefined) {
    throw new Error(`There is no adapter "${name}"; there is ${Object.keys(adapters).join(', ')}.`);
  }
  return load();
}
