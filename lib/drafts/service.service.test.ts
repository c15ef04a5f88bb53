import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase, updateTicketDepartment } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { draftCharsMax, saveDraftInputSchema } from '#/lib/drafts/schema.ts';
import { listDrafts, saveDraft } from '#/lib/drafts/service.ts';
import { newId } from '#/lib/ids.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { deliveryOfDraft } from '#/lib/realtime/deliveries.ts';
import { payloadBytesMax } from '#/lib/realtime/events.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';

let database: TestDatabase;
let widget: Widget;
let agent: AgentActor;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
  agent = await makeAgent();
});
afterAll(() => database.close());

describe('a draft', () => {
  test('is kept for its writer, ticket and mode, and for nobody and nothing else', async () => {
    const [one, two] = [await makeConversation(widget), await makeConversation(widget)];
    const save = (ticketId: string, mode: 'reply' | 'note', text: string) =>
      saveDraft(agent, { ticketId, mode, text, version: 1 });
    await save(one.ticketId, 'reply', 'to the customer');
    await save(one.ticketId, 'note', 'among us');
    await save(two.ticketId, 'reply', 'another');
    expect(await listDrafts(agent, one.ticketId)).toEqual([
      { mode: 'note', text: 'among us', version: 1 },
      { mode: 'reply', text: 'to the customer', version: 1 },
    ]);
    expect(await listDrafts(await makeAgent(), one.ticketId)).toEqual([]);
  });

  test('is replaced by a higher version alone; what is stored is answered', async () => {
    const { ticketId } = await makeConversation(widget);
    const save = (text: string, version: number) =>
      saveDraft(agent, { ticketId, mode: 'reply', text, version });
    await save('second', 2);
    const stored = { draft: { mode: 'reply', text: 'second', version: 2 }, isNew: false };
    expect(await save('first, late', 1)).toEqual(stored);
    expect(await save('second again', 2)).toEqual(stored);
    // Sent: a save of the former text that comes late does not bring it back.
    await save('', 3);
    expect(await save('second, late', 2)).toMatchObject({ draft: { text: '', version: 3 }, isNew: false });
    expect(await listDrafts(agent, ticketId)).toEqual([{ mode: 'reply', text: '', version: 3 }]);
  });

  test('ends as one of what two devices saved at once, the same for both', async () => {
    const { ticketId } = await makeConversation(widget);
    const saved = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        saveDraft(agent, { ticketId, mode: 'reply', text: `text ${index}`, version: 1 + (index % 4) }),
      ),
    );
    const [stored] = await listDrafts(agent, ticketId);
    expect(stored?.version).toBe(4);
    expect(saved.filter(({ isNew, draft }) => isNew && draft.version === 4)).toMatchObject([
      { draft: stored },
    ]);
  });

  test('on a ticket that one may not see is neither kept nor shown', async () => {
    const { ticketId } = await makeConversation(widget);
    await saveDraft(agent, { ticketId, mode: 'note', text: 'before', version: 1 });
    const departmentId = await makeDepartment(true);
    await transact((tx) => updateTicketDepartment(tx, ticketId, departmentId));
    const refused = { code: 'not_found' };
    await expect(saveDraft(agent, { ticketId, mode: 'note', text: 'x', version: 2 })).rejects.toMatchObject(
      refused,
    );
    await expect(listDrafts(agent, ticketId)).rejects.toMatchObject(refused);
    await expect(listDrafts(agent, newId())).rejects.toMatchObject(refused);
  });

  test('may have 50,000 characters of any kind, and not one more', async () => {
    const { ticketId } = await makeConversation(widget);
    const parse = (text: string) =>
      saveDraftInputSchema.safeParse({ ticketId, mode: 'reply', text, version: 1 });
    for (const letter of ['x', '\u0001', '\ud800', '€']) {
      const input = parse(letter.repeat(draftCharsMax)).data;
      if (input === undefined) throw new Error('refused');
      const { draft } = await saveDraft(agent, {
        ...input,
        ticketId: (await makeConversation(widget)).ticketId,
      });
      expect(draft.text).toHaveLength(draftCharsMax);
    }
    expect(parse('x'.repeat(draftCharsMax + 1)).error?.issues[0]?.message).toBe('text_too_long');
    expect(parse('a\0b').error?.issues[0]?.message).toBe('text_has_nul');
  });

  test('is told to its writer’s tabs, without its text where that is too large for an event', () => {
    const ticketId = newId();
    const small = { mode: 'reply', text: 'short', version: 1 } as const;
    expect(deliveryOfDraft(agent.id, ticketId, small)).toMatchObject({
      channel: `private-agent-${agent.id}`,
      data: JSON.stringify({ ticketId, draft: small }),
    });
    const large = deliveryOfDraft(agent.id, ticketId, { ...small, text: '€'.repeat(payloadBytesMax) });
    expect(JSON.parse(large.data)).toEqual({ ticketId, draft: { ...small, text: null } });
  });
});
