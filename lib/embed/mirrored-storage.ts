import type { Bridge } from '#/lib/embed/bridge.ts';
import { errorCodes, type Failure } from '#/lib/errors.ts';
import { type OutboxStorage, type StoredEntry, startClaim } from '#/lib/sync/storage.ts';
import type { StartDetails } from '#/lib/sync/transport.ts';

const prefix = 'unsent:';

/** What the host's page keeps for the frame, as it last told. It outlives the frame, and if `isDurable` the page, too. */
export type HostShelf = { kept: Record<string, string>; isDurable: boolean };

/**
 * `inner` with a copy of each entry in the host page's first-party storage, since some browsers drop a third-party
 * frame's own storage when the tab closes. Loads what either holds; an entry that was sent already is harmless.
 */
export function mirroredStorage(
  inner: OutboxStorage,
  scope: string,
  bridge: Pick<Bridge, 'keep' | 'origin'>,
  shelf: HostShelf,
): OutboxStorage {
  const mirror = readMirror(scope, shelf.kept);
  /** The start in use, and the one that the page may still tell of though it is done with. */
  let begun: string | undefined;
  let released: string | undefined;
  return {
    ...inner,
    get isDurable() {
      // The session's token is kept by the page alone: without it, what the frame has stored is nobody's.
      return shelf.isDurable;
    },
    outlivesReload: () => shelf.isDurable || bridge.origin() !== null,
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
      bridge.keep(startClaim, null);
      return inner.clear();
    },
    async claim(name, value, forMs) {
      const claimed = await inner.claim(name, value, forMs);
      if (name !== startClaim) return claimed;
      // Frames without a storage of their own share nothing but the page's.
      const kept = shelf.kept[startClaim];
      const isKept = kept !== undefined && kept !== released && isDraft(parseJson(kept));
      begun = isKept ? kept : claimed;
      if (!isKept) bridge.keep(startClaim, claimed);
      return begun;
    },
    release(name) {
      if (name === startClaim) {
        released = begun ?? shelf.kept[startClaim];
        bridge.keep(startClaim, null);
      }
      return inner.release(name);
    },
  };
}

function readMirror(scope: string, kept: Record<string, string>): Map<string, StoredEntry> {
  const entries = new Map<string, StoredEntry>();
  for (const [name, value] of Object.entries(kept)) {
    if (!name.startsWith(prefix)) continue;
    const entry = parseMirrored(value, scope);
    if (entry !== null) entries.set(entry.id, entry);
  }
  return entries;
}

/** An entry as this file once wrote it; null for anything else, since the host's page may have written there too. */
export function parseMirrored(text: string, scope: string): StoredEntry | null {
  const mirrored = parseJson(text);
  if (!isRecord(mirrored) || mirrored.scope !== scope || !isRecord(mirrored.entry)) return null;
  const { conversationId, id, kind, text: body, start, position, failure, owner } = mirrored.entry;
  if (!isId(conversationId) || !isId(id) || typeof body !== 'string' || typeof position !== 'number')
    return null;
  if ((kind !== 'reply' && kind !== 'note') || !isStart(start)) return null;
  return {
    conversationId,
    id,
    kind,
    text: body,
    start,
    position,
    failure: failureOf(failure),
    ...(typeof owner === 'string' ? { owner } : {}),
  };
}

function isStart(value: unknown): value is StartDetails | null {
  if (value === null) return true;
  if (!isRecord(value) || !isId(value.ticketId)) return false;
  return value.sessionToken === null || typeof value.sessionToken === 'string';
}

function isDraft(value: unknown): boolean {
  return isRecord(value) && isId(value.conversationId) && value.start !== null && isStart(value.start);
}

// Only what its sentence needs; the moment to retry after has passed anyway.
function failureOf(value: unknown): Failure | null {
  if (!isRecord(value)) return null;
  const code = errorCodes.find((known) => known === value.code);
  if (code === undefined) return null;
  return typeof value.reason === 'string' ? { code, reason: value.reason } : { code };
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
