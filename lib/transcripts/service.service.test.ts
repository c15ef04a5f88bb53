import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { newId } from '#/lib/ids.ts';
import { sendMessage, writeNote } from '#/lib/messages/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { makeAgent, makeConversation, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';
import { transcriptQuerySchema } from '#/lib/transcripts/schema.ts';
import { writeTranscript } from '#/lib/transcripts/service.ts';

let database: TestDatabase;
let widget: Widget;
let agent: AgentActor;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
  agent = await makeAgent();
});
afterAll(() => database.close());

async function textOf(...given: Parameters<typeof writeTranscript>): Promise<string> {
  const parts: string[] = [];
  for await (const part of (await writeTranscript(...given)).parts) parts.push(part);
  return parts.join('');
}

describe('a transcript', () => {
  test('holds what was public, in its order, and nothing of staff’s own', async () => {
    const { customer, conversationId, ticketId } = await makeConversation(widget, 'Where is it?\nI wait.');
    await writeNote(agent, { conversationId, id: newId(), text: 'A thief, I think' });
    await sendMessage(agent, { conversationId, id: newId(), text: 'On its way' });
    await changeTicket(agent, { ticketId, id: newId(), change: { field: 'priority', to: 'urgent' } });
    await changeTicket(agent, { ticketId, id: newId(), change: { field: 'status', to: 'resolved' } });
    const text = await textOf(customer, { conversationId, lang: 'en-GB', timezone: 'Europe/Berlin' });
    expect(text).not.toMatch(/thief|urgent|priority/i);
    const order = ['Where is it?', 'I wait.', 'On its way', 'marked this as resolved'];
    expect(
      order.map((words) => text.indexOf(words)).every((at, index, all) => at > (all[index - 1] ?? 0)),
    ).toBe(true);
    expect(text).toContain('(Europe/Berlin)');
    expect(text).toMatch(/\d\d:\d\d {2}\S*You\S*: Where is it\?\n {7}I wait\./);
  });

  test('of a long conversation is whole', async () => {
    const { customer, conversationId } = await makeConversation(widget, 'line 0');
    for (let count = 1; count < 250; count++) {
      await sendMessage(count % 2 === 0 ? customer : agent, {
        conversationId,
        id: newId(),
        text: `line ${count}`,
      });
    }
    const text = await textOf(customer, { conversationId });
    const lines = [...text.matchAll(/line (\d+)\n/g)].map(([, count]) => Number(count));
    expect(lines).toEqual(Array.from({ length: 250 }, (_, count) => count));
  });

  test('of another’s conversation, and of none, is none', async () => {
    const mine = await makeConversation(widget, 'my secret');
    const { customer } = await makeConversation(widget);
    await expect(writeTranscript(customer, { conversationId: mine.conversationId })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(writeTranscript(customer, { conversationId: newId() })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('speaks the customer’s language as far as we have it, and never fails by it', async () => {
    const { customer, conversationId } = await makeConversation(widget);
    for (const lang of ['de', 'pt-BR', 'ar', 'tlh', 'x'.repeat(35), '', '_', 'en-US-u-ca-buddhist']) {
      expect(await textOf(customer, { conversationId, lang })).toContain('Where is my order?');
    }
    const isTaken = (part: Record<string, unknown>) =>
      transcriptQuerySchema.safeParse({ conversationId, ...part }).success;
    expect([isTaken({ timezone: 'Asia/Tokyo' }), isTaken({ timezone: 'Mars/Base' })]).toEqual([true, false]);
    expect([isTaken({ lang: 'x'.repeat(36) }), isTaken({ other: 1 })]).toEqual([false, false]);
  });
});
