import {
  type Attributes,
  type EventDetail,
  keptAttributes,
  keptEvents,
  parseAttributes,
  parseKept,
  trackNameCharsMax,
} from '#/lib/embed/protocol.ts';
import { fail, isPassing, type Result, succeed } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import { textCharsMax } from '#/lib/messages/limits.ts';
import type { CustomerListStore } from '#/lib/sync/widget.ts';

/** What `track` tells: `at` is when it happened in the page, as ISO 8601; told again, it has the same id. */
export type TrackInput = { id: string; name: string; data: Attributes; at: string };

/** What the commands of the page reach of the messenger. */
export type CommandParts = {
  drafts: Map<string, string>;
  /** A draft was written that nobody typed. */
  draftChanged(): void;
  startThread(): Promise<void>;
  openThread(conversationId: string): void;
  list(): CustomerListStore | null;
  /** False: nobody whom the server knows is here yet. */
  hasSession(): boolean;
  kept(): Readonly<Record<string, string>>;
  keep(name: string, value: string | null): void;
  identify(given: { token: string | null }): Promise<Result<{ isVerified: true }>>;
  setAttributes(input: { attributes: Attributes }): Promise<Result<null>>;
  track(input: TrackInput): Promise<Result<null>>;
};

const listMsMax = 15_000;
const invalid = fail({ code: 'invalid' });

/** One command of the page, as the loader passed it on. Never throws; every argument is the page's and so is checked. */
export async function runCommand(
  parts: CommandParts,
  command: string,
  args: readonly unknown[],
): Promise<Result<EventDetail | null>> {
  const [one, two, three] = args;
  switch (command) {
    case 'newMessage':
      return newMessage(parts, one);
    case 'openConversation':
      return openConversation(parts, one);
    case 'identify':
      return identify(parts, one);
    case 'set':
      return set(parts, one);
    case 'track':
      return track(parts, { name: one, data: two, at: three });
    default:
      return fail({ code: 'invalid', reason: 'unknown_command' });
  }
}

/** Nothing that is typed already is dropped for it. */
async function newMessage(parts: CommandParts, text: unknown): Promise<Result<null>> {
  if (typeof text !== 'string' || text.length > textCharsMax) return invalid;
  await parts.startThread();
  const typed = parts.drafts.get('') ?? '';
  if (text !== '' && !typed.includes(text)) {
    parts.drafts.set('', typed.trim() === '' ? text : `${typed}\n${text}`);
    parts.draftChanged();
  }
  return succeed(null);
}

async function openConversation(parts: CommandParts, id: unknown): Promise<Result<null>> {
  const list = parts.list();
  if (typeof id !== 'string' || list === null) return fail({ code: 'not_found' });
  const conversations = await listed(list);
  if (conversations === null) return fail({ code: 'unavailable' });
  if (!conversations.some((each) => each.id === id)) return fail({ code: 'not_found' });
  parts.openThread(id);
  return succeed(null);
}

/** The list, once it is there; null when it does not come. */
async function listed(list: CustomerListStore) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let undo = () => {};
  await new Promise<void>((resolve) => {
    const look = () => {
      if (!list.getSnapshot().isLoading) resolve();
    };
    timer = setTimeout(resolve, listMsMax);
    undo = list.subscribe(look);
    look();
  });
  clearTimeout(timer);
  undo();
  const { isLoading, failure, conversations } = list.getSnapshot();
  return isLoading || failure !== null ? null : conversations;
}

async function identify(parts: CommandParts, given: unknown): Promise<Result<EventDetail | null>> {
  const token: unknown =
    typeof given === 'object' && given !== null ? Reflect.get(given, 'token') : undefined;
  return token === null || typeof token === 'string' ? parts.identify({ token }) : invalid;
}

async function set(parts: CommandParts, given: unknown): Promise<Result<null>> {
  const attributes = parseAttributes(given);
  if (attributes === null) return invalid;
  if (parts.hasSession()) return parts.setAttributes({ attributes });
  const all = parseAttributes({ ...parseKept(parts.kept()[keptAttributes]), ...attributes });
  if (all === null) return invalid;
  parts.keep(keptAttributes, JSON.stringify(all));
  return succeed(null);
}

async function track(parts: CommandParts, given: Record<string, unknown>): Promise<Result<null>> {
  const input = parseTrack(given);
  if (input === null) return invalid;
  if (parts.hasSession()) return parts.track(input);
  parts.keep(`${keptEvents}${input.at}${Math.random().toString(36).slice(2, 6)}`, JSON.stringify(input));
  return succeed(null);
}

/** What the page wants of `track`, or once wanted; null for anything else. */
export function parseTrack({ id, name, data, at }: Record<string, unknown>): TrackInput | null {
  const attributes = parseAttributes(data);
  if (typeof name !== 'string' || name === '' || name.length > trackNameCharsMax) return null;
  if (attributes === null || typeof at !== 'string') return null;
  if (!/^\d{4}-[\d-]{5}T[\d:.]{8,12}Z$/.test(at) || Number.isNaN(Date.parse(at))) return null;
  const isNamed = typeof id === 'string' && /^[\da-f-]{36}$/.test(id);
  return { id: isNamed ? id : newId(), name, data: attributes, at };
}

/**
 * Tells the server what was set and what happened before anybody was here. What it refuses is dropped, since nobody
 * waits for it any more; what it could not be asked stays for the next time.
 */
export async function tellKept(parts: CommandParts): Promise<void> {
  const kept = { ...parts.kept() };
  for (const [name, text] of Object.entries(kept).sort()) {
    const isEvent = name.startsWith(keptEvents);
    if ((!isEvent && name !== keptAttributes) || !parts.hasSession()) continue;
    const told = isEvent ? await tellEvent(parts, name, text) : await tellAttributes(parts, text);
    const isLeft = !told.ok && isPassing(told.error);
    // More may have been set while this was told.
    if (!isLeft && (isEvent || parts.kept()[name] === text)) parts.keep(name, null);
  }
}

async function tellEvent(parts: CommandParts, name: string, text: string): Promise<Result<null>> {
  const input = parseTrack(parseKept(text));
  if (input === null) return invalid;
  // With its id: an answer that is lost must not make two of it.
  parts.keep(name, JSON.stringify(input));
  return parts.track(input);
}

async function tellAttributes(parts: CommandParts, text: string): Promise<Result<null>> {
  const attributes = parseAttributes(parseKept(text));
  return attributes === null ? invalid : parts.setAttributes({ attributes });
}
