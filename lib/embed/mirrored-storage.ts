import * as z from 'zod/mini';
import type { Bridge } from '#/lib/embed/bridge.ts';
import { errorCodes } from '#/lib/errors.ts';
import { idSchema } from '#/lib/messages/schema.ts';
import type { OutboxStorage, StoredEntry } from '#/lib/sync/storage.ts';

const mirroredEntry = z.object({
  scope: z.string(),
  entry: z.object({
    conversationId: idSchema,
    id: idSchema,
    kind: z.enum(['reply', 'note']),
    text: z.string(),
    start: z.nullable(z.object({ ticketId: idSchema, sessionToken: z.nullable(z.string()) })),
    position: z.number(),
    failure: z.nullable(
      z.object({
        code: z.enum(errorCodes),
        reason: z.exactOptional(z.string()),
        field: z.exactOptional(z.string()),
        retryAfterMs: z.exactOptional(z.number()),
        incidentId: z.exactOptional(z.string()),
      }),
    ),
  }),
});
const prefix = 'unsent:';

/** What the host's page keeps for the frame: the mirror's first contents, and whether it outlives the page. */
export type HostShelf = { kept: Record<string, string>; isDurable: boolean };

/**
 * `inner` with a copy of each entry in the host page's first-party storage, since some browsers drop a third-party
 * frame's own storage when the tab closes. Loads what either holds; an entry that was sent already is harmless.
 */
export function mirroredStorage(
  inner: OutboxStorage,
  scope: string,
  bridge: Pick<Bridge, 'keep'>,
  shelf: HostShelf,
): OutboxStorage {
  const mirror = readMirror(scope, shelf.kept);
  return {
    ...inner,
    get isDurable() {
      return inner.isDurable || shelf.isDurable;
    },
    async load() {
      const held = await inner.load();
      const ids = new Set(held.map((entry) => entry.id));
      return [...held, ...[...mirror.values()].filter((entry) => !ids.has(entry.id))];
    },
    put(entry) {
      mirror.set(entry.id, entry);
      bridge.keep(prefix + entry.id, JSON.stringify({ scope, entry }));
      return inner.put(entry);
    },
    remove(id) {
      mirror.delete(id);
      bridge.keep(prefix + id, null);
      return inner.remove(id);
    },
    clear() {
      for (const id of mirror.keys()) bridge.keep(prefix + id, null);
      mirror.clear();
      return inner.clear();
    },
  };
}

function readMirror(scope: string, kept: Record<string, string>): Map<string, StoredEntry> {
  const entries = new Map<string, StoredEntry>();
  for (const [name, value] of Object.entries(kept)) {
    if (!name.startsWith(prefix)) continue;
    const parsed = mirroredEntry.safeParse(parseJson(value));
    if (parsed.success && parsed.data.scope === scope) entries.set(parsed.data.entry.id, parsed.data.entry);
  }
  return entries;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
