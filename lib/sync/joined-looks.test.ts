import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WidgetState } from '#/lib/conversations/schema.ts';
import { fail, type Result, succeed } from '#/lib/errors.ts';
import type { Entry } from '#/lib/messages/schema.ts';
import { joinLooks } from '#/lib/sync/joined-looks.ts';
import { makeRandom, makeTime } from '#/lib/sync/simulated-world.ts';

const conversationId = '00000000-0000-7000-8000-0000000000c1';

function entryOf(order: number): Entry {
  const sentAt = '2026-01-01T00:00:00.000Z';
  const sender = { kind: 'system' } as const;
  return { id: `${order}`, order, publicOrder: null, kind: 'reply', sender, text: '', change: null, sentAt };
}

/** A server whose only conversation holds `head` entries, and whose answers take a while. */
function makeServer(options: { isThere?: boolean; isInCompany?: boolean; answerMs?: number } = {}) {
  const { isThere = true, isInCompany = true, answerMs = 30 } = options;
  const time = makeTime(makeRandom(5));
  const server = { head: 120, asked: [] as string[], refusal: null as Result<never> | null };
  const later = () => new Promise<void>((resolve) => time.clock.setTimeout(resolve, answerMs));
  const pageOf = (after: number | undefined, limit: number) => {
    const from = after ?? Math.max(0, server.head - limit);
    const entries = Array.from({ length: Math.min(limit, server.head - from) }, (_, index) =>
      entryOf(from + index + 1),
    );
    return { entries, through: entries.at(-1)?.order ?? server.head, head: server.head, epoch: 'e' };
  };
  const looks = joinLooks(time.clock, {
    isInCompany: () => isInCompany,
    async fetchState({ open, after }): Promise<Result<WidgetState>> {
      server.asked.push(open === undefined ? 'list' : `list and ${after ?? 'the last page'}`);
      await later();
      if (server.refusal !== null) return server.refusal;
      const shown = isThere ? conversationId : null;
      const limit = after === undefined ? 50 : 100;
      return succeed({
        customer: { id: `${server.head}`, name: null, email: null },
        conversations: [],
        open: shown,
        page: shown === null ? null : pageOf(open === shown ? after : undefined, limit),
        marks: [],
        typing: [],
        epoch: 'e',
      });
    },
    async fetchEntries({ after, limit }) {
      server.asked.push(`entries ${after ?? 'of the last page'}`);
      await later();
      if (!isThere) return fail({ code: 'not_found' });
      return server.refusal ?? succeed({ ...pageOf(after, limit), marks: [] });
    },
  });
  return { time, server, looks };
}

test('a list and a conversation that look in one moment are one request', async () => {
  const { time, server, looks } = makeServer();
  const answers = Promise.all([
    looks.fetchState(),
    looks.fetchEntries({ conversationId, after: 100, limit: 100 }),
  ]);
  await time.run(200);
  const [state, part] = await answers;
  expect(server.asked).toEqual(['list and 100']);
  expect(part.ok && part.value.entries.map(({ order }) => order)).toEqual(entriesFrom(101, 120));
  // A part is nothing to open a thread with.
  expect(state.ok && [state.value.open, state.value.page]).toEqual([null, null]);
});

test('the last page that came with the list is the conversation’s, and can be opened with', async () => {
  const { time, server, looks } = makeServer();
  const answers = Promise.all([looks.fetchEntries({ conversationId, limit: 50 }), looks.fetchState()]);
  await time.run(200);
  const [last, state] = await answers;
  expect(server.asked).toEqual(['list and the last page']);
  expect(last.ok && last.value.entries.map(({ order }) => order)).toEqual(entriesFrom(71, 120));
  expect(state.ok && state.value.open).toBe(conversationId);
});

test('a conversation that is not among the customer’s is asked for by itself, and says so', async () => {
  const { time, server, looks } = makeServer({ isThere: false });
  const answers = Promise.all([looks.fetchState(), looks.fetchEntries({ conversationId, limit: 50 })]);
  await time.run(200);
  const [state, entries] = await answers;
  expect(state.ok).toBe(true);
  expect(entries).toEqual(fail({ code: 'not_found' }));
  expect(server.asked).toEqual(['list and the last page', 'entries of the last page']);
});

test('where no conversation is open, the list does not wait for one', () => {
  const { server, looks } = makeServer({ isInCompany: false });
  void looks.fetchState();
  expect(server.asked).toEqual(['list']);
});

test('what is earlier is asked for at once', () => {
  const { server, looks } = makeServer();
  void looks.fetchEntries({ conversationId, before: 71, limit: 50 });
  expect(server.asked).toEqual(['entries of the last page']);
});

test('each is answered, once, with what the server had after it asked', async () => {
  const act = fc.record({
    waitMs: fc.integer({ min: 0, max: 60 }),
    act: fc.constantFrom('list', 'entries', 'write', 'refuse', 'serve'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { maxLength: 40 }),
      fc.integer({ min: 0, max: 80 }),
      async (script, answerMs) => {
        const { time, server, looks } = makeServer({ answerMs });
        let open = 0;
        for (const step of script) {
          await time.run(step.waitMs);
          if (step.act === 'write') server.head++;
          if (step.act === 'refuse') server.refusal = fail({ code: 'unavailable' });
          if (step.act === 'serve') server.refusal = null;
          const { head } = server;
          if (step.act === 'list') {
            open++;
            void looks.fetchState().then((state) => {
              open--;
              if (state.ok) expect(Number(state.value.customer.id)).toBeGreaterThanOrEqual(head);
            });
          }
          if (step.act === 'entries') {
            open++;
            void looks.fetchEntries({ conversationId, after: 100, limit: 100 }).then((part) => {
              open--;
              if (part.ok) expect(part.value.head).toBeGreaterThanOrEqual(head);
              if (part.ok) expect(part.value.entries[0]?.order).toBe(101);
            });
          }
        }
        await time.run(1_000);
        expect(open).toBe(0);
      },
    ),
    { numRuns: 200 },
  );
});

function entriesFrom(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
