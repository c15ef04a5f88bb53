import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { newId } from '#/lib/ids.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { type SaveReplyInput, saveReplyInputSchema } from '#/lib/saved-replies/schema.ts';
import { deleteReply, listSavedReplies, saveReply } from '#/lib/saved-replies/service.ts';
import { makeAgent } from '#/lib/testing.ts';

let database: TestDatabase;
let admin: AgentActor;
let ana: AgentActor;
let ben: AgentActor;
beforeAll(async () => {
  database = await testDatabase();
  process.env.DATABASE_URL = database.url;
  admin = await makeAgent('admin');
  ana = await makeAgent();
  ben = await makeAgent();
});
afterAll(() => database.close());

const input = (change: Partial<SaveReplyInput> = {}): SaveReplyInput => ({
  id: newId(),
  title: 'Thanks',
  shortcut: null,
  text: 'Thank you, {{customer.first_name|there}}.',
  isShared: false,
  ...change,
});
const idsFor = async (actor: AgentActor) => (await listSavedReplies(actor)).map(({ id }) => id);

describe('saved replies', () => {
  test('are one’s own, or everybody’s', async () => {
    const [own, shared] = [input(), input({ isShared: true })];
    await saveReply(ana, own);
    await saveReply(admin, shared);
    expect(await idsFor(ana)).toEqual(expect.arrayContaining([own.id, shared.id]));
    for (const other of [ben, admin]) {
      expect(await idsFor(other)).toContain(shared.id);
      expect(await idsFor(other)).not.toContain(own.id);
    }
  });

  test('of everybody are an admin’s to change, one’s own nobody else’s', async () => {
    const [own, shared] = [input(), input({ isShared: true })];
    await saveReply(ana, own);
    await saveReply(admin, shared);
    await expect(saveReply(ana, input({ isShared: true }))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(saveReply(ana, { ...shared, text: 'Mine' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(saveReply(ana, { ...shared, isShared: false })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(deleteReply(ana, shared.id)).rejects.toMatchObject({ code: 'forbidden' });
    for (const other of [ben, admin]) {
      await expect(saveReply(other, { ...own, text: 'Theirs' })).rejects.toMatchObject({ code: 'not_found' });
      await expect(deleteReply(other, own.id)).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  test('change when their id comes again, and tell the others of what they share only', async () => {
    const own = input();
    expect((await saveReply(admin, own)).events).toEqual([]);
    expect((await saveReply(admin, own)).value.text).toBe(own.text);
    const told = await saveReply(admin, { ...own, isShared: true });
    expect(told.events.map(({ type }) => type)).toEqual(['saved_reply.changed']);
    expect((await saveReply(admin, { ...own, isShared: true })).events).toEqual([]);
    expect((await saveReply(admin, own)).events).toHaveLength(1);
    expect(await idsFor(ben)).not.toContain(own.id);
    expect((await deleteReply(admin, own.id)).events).toEqual([]);
    expect((await deleteReply(admin, own.id)).events).toEqual([]);
  });

  test('have a shortcut once in each reach, also for two who ask at once', async () => {
    const shortcut = `s${newId().slice(-8)}`;
    await saveReply(ana, input({ shortcut }));
    await saveReply(ben, input({ shortcut }));
    const outcomes = await Promise.allSettled([
      saveReply(admin, input({ shortcut, isShared: true })),
      saveReply(admin, input({ shortcut: shortcut.toUpperCase(), isShared: true })),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(saveReply(ana, input({ shortcut }))).rejects.toMatchObject({
      code: 'conflict',
      failure: { reason: 'shortcut_taken', field: 'shortcut' },
    });
  });

  test('take a shortcut with its slash and without, and no other signs', () => {
    const parsed = (shortcut: string) => saveReplyInputSchema.safeParse(input({ shortcut })).data?.shortcut;
    expect([parsed('/Refund'), parsed(' größe-2 '), parsed('ありがとう')]).toEqual([
      'refund',
      'größe-2',
      'ありがとう',
    ]);
    for (const wrong of ['', '/', 'two words', '//x', 'a/b', '{{x}}', 'x'.repeat(31)]) {
      expect(parsed(wrong)).toBeUndefined();
    }
  });

  test('hold ten thousand characters, and no more', () => {
    const long = (count: number) =>
      saveReplyInputSchema.safeParse(input({ text: 'x'.repeat(count) })).success;
    expect([long(10_000), long(10_001), long(0)]).toEqual([true, false, false]);
  });
});
