import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { addFile } from '#/lib/files/service.ts';
import { filesEnvironment, makePicture, uploadOf } from '#/lib/files/testing.ts';
import { drawNextThumbnail } from '#/lib/files/thumbnails.ts';
import { receiveFile, sendFile } from '#/lib/files/transfer.ts';
import type { CustomerActor } from '#/lib/permissions/actor.ts';
import { makeConversation, makeWidget } from '#/lib/testing.ts';

let place: Awaited<ReturnType<typeof filesEnvironment>>;
let database: TestDatabase;
let customer: CustomerActor;

beforeAll(async () => {
  place = await filesEnvironment();
  database = await testDatabase();
  customer = (await makeConversation(await makeWidget())).customer;
});
afterAll(async () => {
  await database.close();
  await place.close();
});

const request = (headers: Record<string, string> = {}) => new Request('http://parley.test/', { headers });
const add = (name: string, content: Uint8Array) => addFile(customer, uploadOf(name, content));

describe('what a file is answered with', () => {
  test('is saved and never shown, runs nowhere, and no cache keeps it', async () => {
    const { id } = await add('ünïcode "quoted".txt', new TextEncoder().encode('Grüße'));
    const answer = await sendFile(customer, { fileId: id }, request());
    expect(Object.fromEntries(answer.headers)).toEqual({
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-store',
      'content-disposition':
        'attachment; filename="_n_code _quoted_.txt"; filename*=UTF-8\'\'%C3%BCn%C3%AFcode%20_quoted_.txt',
      'content-length': '7',
      'content-security-policy': expect.stringMatching(/^sandbox; default-src 'none'/),
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    expect(await answer.text()).toBe('Grüße');
  });

  test('a picture may be shown, as what its content is', async () => {
    const { id } = await add('page.html', await makePicture(20, 10));
    const { headers } = await sendFile(customer, { fileId: id }, request());
    expect(headers.get('content-type')).toBe('image/png');
    expect(headers.get('content-disposition')).toContain('inline; filename="page.html.png"');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    while (await drawNextThumbnail());
    const small = await sendFile(customer, { fileId: id, size: 'thumbnail' }, request());
    expect(small.headers.get('content-type')).toBe('image/webp');
    expect(small.headers.get('content-security-policy')).toContain('sandbox');
    expect(
      Buffer.from(await small.arrayBuffer())
        .subarray(8, 12)
        .toString(),
    ).toBe('WEBP');
  });

  test.each([
    ['bytes=2-4', 206, 'cde', 'bytes 2-4/10'],
    ['bytes=-2', 206, 'ij', 'bytes 8-9/10'],
    ['bytes=7-', 206, 'hij', 'bytes 7-9/10'],
    ['bytes=50-60', 416, '', 'bytes */10'],
    ['bytes=0-1,4-5', 200, 'abcdefghij', null],
    ['nonsense', 200, 'abcdefghij', null],
  ])('the range %s', async (range, status, text, told) => {
    const { id } = await add('a.txt', new TextEncoder().encode('abcdefghij'));
    const answer = await sendFile(customer, { fileId: id }, request({ range }));
    expect(answer.status).toBe(status);
    expect(await answer.text()).toBe(text);
    expect(answer.headers.get('content-range')).toBe(told);
    if (status !== 416) expect(answer.headers.get('content-length')).toBe(String(text.length));
  });

  test('nobody learns of one that is not theirs', async () => {
    const { id } = await add('a.txt', new TextEncoder().encode('mine'));
    const stranger = (await makeConversation(await makeWidget())).customer;
    for (const size of ['thumbnail', undefined] as const) {
      await expect(sendFile(stranger, { fileId: id, size }, request())).rejects.toMatchObject({
        code: 'not_found',
      });
    }
  });
});

describe('what arrives', () => {
  const arriving = (headers: Record<string, string>, body: string) =>
    receiveFile(customer, new Request('http://parley.test/', { method: 'POST', headers, body }));

  test('is named by its header, which says it as an address would', async () => {
    const name = encodeURIComponent('../Grüße \u202e📎.txt');
    const file = await arriving({ 'content-length': '5', 'x-file-name': name }, 'hello');
    expect(file).toMatchObject({ name: 'Grüße 📎.txt', type: 'text/plain', bytes: 5 });
  });

  test.each(['%E0%A4%A', '', '%00', 'a'.repeat(5_000)])(
    'with the name %j it has one all the same',
    async (name) => {
      const file = await arriving({ 'content-length': '5', 'x-file-name': name }, 'hello');
      expect(file.name).toMatch(/\.txt$/);
      expect(file.name.length).toBeLessThanOrEqual(200);
    },
  );

  test.each([
    [{}, 'length_required'],
    [{ 'content-length': 'x' }, 'length_required'],
    [{ 'content-length': '4' }, 'upload_cut'],
    [{ 'content-length': '6' }, 'upload_cut'],
    [{ 'content-length': '0' }, 'file_empty'],
    [{ 'content-length': '-5' }, 'upload_cut'],
  ])('with %j is refused', async (headers, reason) => {
    await expect(arriving(headers, 'hello')).rejects.toMatchObject({ failure: { reason } });
  });
});
