import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { succeed } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import type { ConfirmedEntry } from '#/lib/messages/schema.ts';
import type { Outbox } from '#/lib/sync/outbox.ts';
import { openStaffOutbox } from '#/lib/sync/staff-outbox.ts';
import { indexedDbStorage } from '#/lib/sync/storage.ts';

const conversationId = newId();
const soon = { timeout: 5_000, interval: 5 };
let opened: Outbox[] = [];
afterEach(() => {
  for (const outbox of opened) outbox.close();
  opened = [];
  vi.unstubAllGlobals();
});

function confirmedOf(message: Pick<ConfirmedEntry, 'id' | 'kind' | 'text'>): ConfirmedEntry {
  const sender = { kind: 'system' } as const;
  const more = { sender, order: 1, publicOrder: null, change: null, epoch: 'e1' };
  return { ...message, ...more, sentAt: '2026-11-23T00:00:00.000Z' };
}

/** A page of its own, of which the document tells whether somebody sees it. */
function openPage(scope: string) {
  const page = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('window', page);
  vi.stubGlobal('document', document);
  const arrived: string[] = [];
  const outbox = openStaffOutbox({
    scope,
    storage: indexedDbStorage(scope),
    transport: {
      async send({ id, kind, text }) {
        arrived.push(text);
        return succeed(confirmedOf({ id, kind, text }));
      },
    },
  });
  opened.push(outbox);
  return {
    outbox,
    arrived,
    hold(text: string, heldMs = 10_000) {
      const id = newId();
      const heldUntil = Date.now() + heldMs;
      outbox.add({ conversationId, id, kind: 'reply', text, start: null, heldUntil });
      return id;
    },
    hide() {
      document.visibilityState = 'hidden';
      document.dispatchEvent(new Event('visibilitychange'));
    },
    leave: () => page.dispatchEvent(new Event('pagehide')),
  };
}

const stored = (scope: string) => indexedDbStorage(scope).load();

describe('a held message in the browser’s storage', () => {
  it('is kept there as held, and gone from it before its words are given back', async () => {
    const scope = newId();
    const { outbox, hold, arrived } = openPage(scope);
    const id = hold('hasty');
    await vi.waitFor(async () => expect(await stored(scope)).toMatchObject([{ id, text: 'hasty' }]), soon);
    expect((await stored(scope))[0]?.heldUntil).toBeGreaterThan(Date.now());
    expect(await outbox.undo(id)).toBe('hasty');
    expect(await stored(scope)).toEqual([]);
    expect([outbox.list(conversationId), arrived]).toEqual([[], []]);
    expect(await outbox.undo(id)).toBeNull();
  });

  it('is taken back also in the moment in which it was added', async () => {
    const { outbox, hold, arrived } = openPage(newId());
    expect(await outbox.undo(hold('at once'))).toBe('at once');
    expect(arrived).toEqual([]);
  });

  it.each(['hide', 'leave'] as const)('goes when its page says %s', async (how) => {
    const page = openPage(newId());
    page.hold('now');
    page[how]();
    await vi.waitFor(() => expect(page.arrived).toEqual(['now']), soon);
    await vi.waitFor(() => expect(page.outbox.list(conversationId)).toEqual([]), soon);
  });

  it('goes by itself when its time is over, with what waited behind it', async () => {
    const { outbox, hold, arrived } = openPage(newId());
    hold('first', 200);
    outbox.add({ conversationId, id: newId(), kind: 'note', text: 'second', start: null });
    await vi.waitFor(() => expect(arrived).toEqual(['first', 'second']), soon);
  });

  it('of a clock that was set back long ago is held no longer', async () => {
    const { hold, arrived } = openPage(newId());
    hold('from the future', 3_600_000);
    await vi.waitFor(() => expect(arrived).toEqual(['from the future']), soon);
  });

  it('is found again by the next life of the page, and can still be taken back', async () => {
    const scope = newId();
    const before = openPage(scope);
    const id = before.hold('survives');
    await vi.waitFor(async () => expect(await stored(scope)).toHaveLength(1), soon);
    const after = openPage(scope);
    await vi.waitFor(() => expect(after.outbox.list(conversationId)).toHaveLength(1), soon);
    expect(await after.outbox.undo(id)).toBe('survives');
    await vi.waitFor(() => expect(before.outbox.list(conversationId)).toEqual([]), soon);
    expect([before.arrived, after.arrived]).toEqual([[], []]);
  });
});

describe('a message that is stored', () => {
  it('is told of by the server’s answer, and where the log told it first', async () => {
    const { outbox, hold } = openPage(newId());
    const told: string[] = [];
    outbox.onStored((id) => told.push(id));
    const [answered, seen] = [hold('by the answer', 0), hold('by the log')];
    await vi.waitFor(() => expect(told).toContain(answered), soon);
    outbox.settle(confirmedOf({ id: seen, kind: 'reply', text: 'by the log' }));
    expect(told).toContain(seen);
  });

  it('is not told of when it was taken back', async () => {
    const { outbox, hold } = openPage(newId());
    const told: string[] = [];
    outbox.onStored((id) => told.push(id));
    await outbox.undo(hold('never mind'));
    expect(told).toEqual([]);
  });
});
