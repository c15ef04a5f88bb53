import { sql } from 'drizzle-orm';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { getWidgetState } from '#/lib/conversations/service.ts';
import { newId } from '#/lib/ids.ts';
import { sendMessage } from '#/lib/messages/service.ts';
import { findPicture, findPictureId, savePicture } from '#/lib/profile/picture.ts';
import { savePictureInputSchema } from '#/lib/profile/schema.ts';
import { makeAgent, makeConversation, makeWidget } from '#/lib/testing.ts';

let database: TestDatabase;
let widget: Widget;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
});
afterAll(() => database.close());

async function photo(width = 300, height = 200): Promise<string> {
  const made = sharp({ create: { width, height, channels: 3, background: '#3f7d58' } });
  return (
    await made
      .withExif({ IFD0: { Copyright: 'canary' } })
      .jpeg()
      .toBuffer()
  ).toString('base64');
}

test('is drawn anew, small and square, and nothing else of the file is kept', async () => {
  const agent = await makeAgent();
  expect(await findPictureId(agent)).toBeNull();
  const { value } = await savePicture(agent, { picture: await photo() });
  expect(await findPictureId(agent)).toBe(value.pictureId);
  const stored = await findPicture(value.pictureId ?? '');
  expect(await sharp(stored ?? Buffer.alloc(0)).metadata()).toMatchObject({
    format: 'webp',
    width: 160,
    height: 160,
  });
  expect(stored?.includes('canary')).toBe(false);
});

test('has another id each time, and none once it is taken away', async () => {
  const agent = await makeAgent();
  const first = await savePicture(agent, { picture: await photo() });
  const second = await savePicture(agent, { picture: await photo(80, 80) });
  expect(second.value.pictureId).not.toBe(first.value.pictureId);
  expect(await findPicture(first.value.pictureId ?? '')).toBeNull();
  expect((await savePicture(agent, { picture: null })).value).toEqual({ pictureId: null });
  await savePicture(agent, { picture: null });
  expect(await findPicture(second.value.pictureId ?? '')).toBeNull();
});

test.each([
  ['text', Buffer.from('<svg onload="alert(1)"/>').toString('base64')],
  ['half of one', ''],
])('what is no picture (%s) is refused and leaves the one that is there', async (_name, given) => {
  const agent = await makeAgent();
  const { value } = await savePicture(agent, { picture: await photo() });
  const picture = given === '' ? (await photo()).slice(0, 200) : given;
  await expect(savePicture(agent, { picture })).rejects.toMatchObject({
    failure: { code: 'invalid', field: 'picture', reason: 'picture_not_valid' },
  });
  expect(await findPictureId(agent)).toBe(value.pictureId);
});

test('is given as short base64, or as null', () => {
  const given = (picture: unknown) => savePictureInputSchema.safeParse({ picture }).success;
  expect(['QUJD', 'QUI=', null].every(given)).toBe(true);
  expect(['', 'data:image/png;base64,QUJD', 'QUJD\n', 'A'.repeat(50_001), 7, undefined].some(given)).toBe(
    false,
  );
});

test('is told to the customers whom its agent wrote to or answers for, and to no other', async () => {
  const [writer, assignee, other] = [await makeAgent(), await makeAgent(), await makeAgent()];
  const ids: (string | null)[] = [];
  for (const agent of [writer, assignee, other]) {
    ids.push((await savePicture(agent, { picture: await photo() })).value.pictureId);
  }
  const [mine, others] = [await makeConversation(widget), await makeConversation(widget)];
  expect((await getWidgetState(mine.customer)).pictures).toBeUndefined();
  await sendMessage(writer, { conversationId: mine.conversationId, id: newId(), text: 'Hello' });
  await transact((tx) =>
    tx.execute(sql`update tickets set assignee_id = ${assignee.id} where id = ${mine.ticketId}`),
  );
  expect((await getWidgetState(mine.customer)).pictures).toEqual({
    [writer.id]: ids[0],
    [assignee.id]: ids[1],
  });
  expect((await getWidgetState(others.customer)).pictures).toBeUndefined();
});
