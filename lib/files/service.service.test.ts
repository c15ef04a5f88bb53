import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { sql } from 'drizzle-orm';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase, updateTicketDepartment } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { tokenHashOf } from '#/lib/auth/tokens.ts';
import { startConversation, startTicket } from '#/lib/conversations/service.ts';
import { env } from '#/lib/env.ts';
import { collectFiles } from '#/lib/files/collect.ts';
import {
  addFile,
  type FileActor,
  getAllowance,
  openFile,
  openThumbnail,
  removeFile,
} from '#/lib/files/service.ts';
import { filesEnvironment, makePicture, uploadOf } from '#/lib/files/testing.ts';
import { drawNextThumbnail } from '#/lib/files/thumbnails.ts';
import { newId, newToken } from '#/lib/ids.ts';
import { listMessages, sendMessage, writeNote } from '#/lib/messages/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';

let place: Awaited<ReturnType<typeof filesEnvironment>>;
let database: TestDatabase;
let widget: Widget;
let agent: AgentActor;

beforeAll(async () => {
  place = await filesEnvironment();
  database = await testDatabase();
  widget = await makeWidget();
  agent = await makeAgent();
});
afterAll(async () => {
  await database.close();
  await place.close();
});

const words = (text: string) => new TextEncoder().encode(text);
const addText = (actor: FileActor, name = 'notes.txt', text = 'what I saw') =>
  addFile(actor, uploadOf(name, words(text)));

async function bytesOf(source: Readable | null): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source ?? []) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function keptKeys(): Promise<string[]> {
  const names = await readdir(join(place.folder, 'files'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  return names.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** From a file: the library is told to read nothing else once it is used for what people send. */
async function readPicture(content: Uint8Array) {
  const path = join(place.folder, `${newId()}.webp`);
  await writeFile(path, content);
  return sharp(path).metadata();
}

async function rowsOf(fileId: string) {
  return read((tx) => tx.execute(sql`select * from files where id = ${fileId}`));
}

function visitor(): Extract<FileActor, { kind: 'visitor' }> & { token: string } {
  const token = newToken();
  return { kind: 'visitor', widgetId: widget.id, tokenHash: tokenHashOf(token) ?? '', token };
}

describe('a file of a message', () => {
  test("is there for both sides, whole and in its sender's order", async () => {
    const { customer, conversationId } = await makeConversation(widget);
    const second = await addText(customer, 'b.txt', 'two');
    const first = await addText(customer, 'a.txt', 'one');
    const sent = await sendMessage(customer, {
      conversationId,
      id: newId(),
      text: '',
      fileIds: [first.id, second.id],
    });
    expect(sent.value.files?.map(({ name }) => name)).toEqual(['a.txt', 'b.txt']);
    for (const actor of [customer, agent]) {
      const { entries } = await listMessages(actor, conversationId, { limit: 10 });
      expect(entries.at(-1)?.files).toEqual([first, second]);
      const opened = await openFile(actor, second.id);
      expect((await bytesOf(await opened.read())).toString()).toBe('two');
      expect((await bytesOf(await opened.read({ first: 1, last: 1 }))).toString()).toBe('w');
      expect(opened.isShown).toBe(false);
    }
    expect(sent.events[0]?.entry?.files).toEqual([first, second]);
  });

  test('stays one set under a retried send, whatever the retry says', async () => {
    const { customer, conversationId } = await makeConversation(widget);
    const [one, other] = [await addText(customer), await addText(customer)];
    const id = newId();
    const send = (fileIds: string[]) => sendMessage(customer, { conversationId, id, text: 'here', fileIds });
    await Promise.all([send([one.id]), send([one.id]), send([one.id])]);
    const again = await send([other.id]);
    expect(again.value.files).toEqual([one]);
    expect(again.events).toEqual([]);
    const { entries } = await listMessages(customer, conversationId, { limit: 10 });
    expect(entries.filter((entry) => entry.id === id)).toHaveLength(1);
    // The other one is still free.
    await sendMessage(customer, { conversationId, id: newId(), text: '', fileIds: [other.id] });
  });

  test('belongs to one message only', async () => {
    const { customer, conversationId } = await makeConversation(widget);
    const file = await addText(customer);
    const sends = await Promise.allSettled(
      [newId(), newId(), newId()].map((id) =>
        sendMessage(customer, { conversationId, id, text: 'x', fileIds: [file.id] }),
      ),
    );
    expect(sends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const each of sends) {
      if (each.status === 'rejected')
        expect(each.reason).toMatchObject({ failure: { code: 'not_found', reason: 'file_not_found' } });
    }
    const { entries } = await listMessages(agent, conversationId, { limit: 10 });
    expect(entries.filter(({ files }) => files !== undefined)).toHaveLength(1);
    expect(entries).toHaveLength(2);
  });

  test('of somebody else is not there, and the message is not sent without it', async () => {
    const { customer, conversationId } = await makeConversation(widget);
    const stranger = await makeConversation(widget);
    const theirs = await addText(stranger.customer);
    const agents = await addText(agent);
    const own = await addText(customer);
    for (const id of [theirs.id, agents.id, newId()]) {
      const sending = sendMessage(customer, {
        conversationId,
        id: newId(),
        text: 'x',
        fileIds: [own.id, id],
      });
      await expect(sending).rejects.toMatchObject({
        failure: { code: 'not_found', reason: 'file_not_found' },
      });
    }
    const sending = sendMessage(agent, { conversationId, id: newId(), text: 'x', fileIds: [own.id] });
    await expect(sending).rejects.toMatchObject({ code: 'not_found' });
    const { entries } = await listMessages(agent, conversationId, { limit: 10 });
    expect(entries).toHaveLength(1);
  });

  test('without words names itself in lists, and a ticket that begins with it', async () => {
    const guest = visitor();
    const file = await addText(guest, 'receipt.txt');
    const ids = { ticketId: newId(), conversationId: newId(), id: newId() };
    const { value } = await startConversation(guest, {
      ...ids,
      sessionToken: guest.token,
      text: '',
      fileIds: [file.id],
      locale: null,
      timezone: null,
      page: null,
    });
    expect(value.conversation).toMatchObject({ subject: '📎 receipt.txt', lastMessage: '📎 receipt.txt' });
    expect(value.entry.files).toEqual([file]);
  });
});

describe('who may read', () => {
  test("a note's file is not there for the customer, in no way", async () => {
    const { customer, conversationId } = await makeConversation(widget);
    const file = await addText(agent, 'suspicion.txt');
    await writeNote(agent, { conversationId, id: newId(), text: 'look', fileIds: [file.id] });
    await expect(openFile(customer, file.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(openThumbnail(customer, file.id)).rejects.toMatchObject({ code: 'not_found' });
    expect(JSON.stringify(await listMessages(customer, conversationId, { limit: 10 }))).not.toContain(
      'suspicion',
    );
    await expect(openFile(await makeAgent(), file.id)).resolves.toMatchObject({
      file: { name: 'suspicion.txt' },
    });
  });

  test('another customer, an agent outside of a restricted department, and nobody for an unsent one', async () => {
    const { customer, conversationId, ticketId } = await makeConversation(widget);
    const stranger = (await makeConversation(widget)).customer;
    const unsent = await addText(customer);
    for (const actor of [stranger, agent, visitor()]) {
      await expect(openFile(actor, unsent.id)).rejects.toMatchObject({ code: 'not_found' });
    }
    await expect(openFile(customer, unsent.id)).resolves.toBeDefined();
    await sendMessage(customer, { conversationId, id: newId(), text: '', fileIds: [unsent.id] });
    await expect(openFile(stranger, unsent.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(openFile(agent, unsent.id)).resolves.toBeDefined();
    const departmentId = await makeDepartment(true);
    await transact((tx) => updateTicketDepartment(tx, ticketId, departmentId));
    await expect(openFile(agent, unsent.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(openFile(await makeAgent('agent', departmentId), unsent.id)).resolves.toBeDefined();
  });

  test('a visitor has their uploads as a customer, also those of after the first message', async () => {
    const guest = visitor();
    const other = visitor();
    const [first, later] = [await addText(guest), await addText(guest)];
    await expect(openFile(other, first.id)).rejects.toMatchObject({ code: 'not_found' });
    const ids = { ticketId: newId(), conversationId: newId(), id: newId() };
    const details = { locale: null, timezone: null, page: null };
    const theft = startConversation(other, {
      ticketId: newId(),
      conversationId: newId(),
      id: newId(),
      ...details,
      sessionToken: other.token,
      text: '',
      fileIds: [first.id],
    });
    await expect(theft).rejects.toMatchObject({ code: 'not_found' });
    const { value } = await startConversation(guest, {
      ...ids,
      ...details,
      sessionToken: guest.token,
      text: 'hello',
      fileIds: [first.id],
    });
    const customer = {
      kind: 'customer',
      id: value.customerId,
      sessionId: value.sessionId,
      widgetId: widget.id,
    } as const;
    await sendMessage(customer, {
      conversationId: ids.conversationId,
      id: newId(),
      text: '',
      fileIds: [later.id],
    });
    await expect(openFile(customer, later.id)).resolves.toBeDefined();
    // The token names a session now: as a visitor's it takes nothing any more.
    await expect(addText(guest)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('what is refused', () => {
  const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  test.each([
    ['nothing at all', 'empty.txt', '', 'file_empty'],
    ['a page called a picture', 'cat.png', '<!DOCTYPE html><script>alert(1)</script>', 'file_type'],
    [
      'a drawing that runs a script',
      'logo.svg',
      '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
      'file_type',
    ],
    [
      'a drawing behind a declaration',
      'a.png',
      '\ufeff <?xml version="1.0"?><svg onload="x()"/>',
      'file_type',
    ],
    ['a program', 'setup.png', 'MZ\u0000\u0001\u0002', 'file_type'],
    ['another program', 'run', '\u007fELF\u0002\u0001', 'file_type'],
  ])('%s', async (_what, name, content, reason) => {
    const { customer } = await makeConversation(widget);
    const before = await keptKeys();
    await expect(addText(customer, name, content)).rejects.toMatchObject({ failure: { reason } });
    expect(await keptKeys()).toEqual(before);
  });

  test('what is too large, before a byte of it is read', async () => {
    const { customer } = await makeConversation(widget);
    let isRead = false;
    const body = (async function* () {
      isRead = true;
      yield new Uint8Array(1);
    })();
    const adding = addFile(customer, { name: 'film.mp4', bytes: env().files.fileBytesMax + 1, body });
    await expect(adding).rejects.toMatchObject({ failure: { code: 'too_large', reason: 'file_too_large' } });
    expect(isRead).toBe(false);
  });

  test('what says less than it is, and what was cut on the way: nothing of it stays', async () => {
    const { customer } = await makeConversation(widget);
    const before = await keptKeys();
    const content = words('a'.repeat(100_000));
    for (const declared of [content.byteLength - 1, content.byteLength + 1]) {
      await expect(addFile(customer, uploadOf('a.txt', content, declared))).rejects.toMatchObject({
        failure: { code: 'invalid', reason: 'upload_cut' },
      });
    }
    async function* broken() {
      yield content;
      throw new Error('aborted');
    }
    const adding = addFile(customer, { name: 'a.txt', bytes: 200_000, body: broken() });
    await expect(adding).rejects.toMatchObject({ failure: { reason: 'upload_cut' } });
    expect(await keptKeys()).toEqual(before);
    const rows = await read((tx) => tx.execute(sql`select 1 from files where customer_id = ${customer.id}`));
    expect(rows).toHaveLength(0);
  });

  test('more than a customer may have, also when it comes at once', async () => {
    const { customer } = await makeConversation(widget);
    const { customerBytesMax } = env().files;
    const { id } = await addText(customer);
    await transact((tx) =>
      tx.execute(sql`update files set bytes = ${customerBytesMax - 25} where id = ${id}`),
    );
    expect((await getAllowance(customer)).bytesLeft).toBe(25);
    const adding = await Promise.allSettled(
      Array.from({ length: 5 }, () => addText(customer, 'ten.txt', '0123456789')),
    );
    expect(adding.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    for (const each of adding) {
      if (each.status === 'rejected')
        expect(each.reason).toMatchObject({ failure: { code: 'too_large', reason: 'files_full' } });
    }
    await removeFile(customer, id);
    expect((await getAllowance(customer)).bytesLeft).toBe(customerBytesMax - 20);
  });

  test('a polyglot is one thing only: its picture, drawn anew', async () => {
    const { customer, conversationId } = await makeConversation(widget);
    const canary = '<script>document.title="canary"</script>';
    const content = Buffer.concat([await makePicture(900, 300), Buffer.from(canary)]);
    const file = await addFile(customer, uploadOf('page.html', content));
    expect(file).toMatchObject({
      type: 'image/png',
      name: 'page.html.png',
      width: 900,
      height: 300,
      hasThumbnail: true,
    });
    await sendMessage(customer, { conversationId, id: newId(), text: '', fileIds: [file.id] });
    await expect(openThumbnail(agent, file.id)).rejects.toMatchObject({
      failure: { reason: 'not_drawn_yet' },
    });
    while (await drawNextThumbnail());
    const small = await bytesOf(await openThumbnail(agent, file.id));
    expect(await readPicture(small)).toMatchObject({ format: 'webp', width: 640, height: 213 });
    expect(small.includes('canary')).toBe(false);
  });

  test('a picture of more pixels than anybody draws is kept to be saved, and never drawn', async () => {
    const { customer } = await makeConversation(widget);
    const bomb = await makePicture(8_000, 8_000);
    expect(bomb.byteLength).toBeLessThan(1_000_000);
    const file = await addFile(customer, uploadOf('bomb.png', bomb));
    expect(file).toMatchObject({ type: 'image/png', hasThumbnail: false });
    expect((await openFile(customer, file.id)).isShown).toBe(false);
    const broken = await addFile(customer, uploadOf('broken.png', new Uint8Array([...png, 1, 2, 3])));
    expect((await openFile(customer, broken.id)).isShown).toBe(false);
  });

  test('where a photo was taken is not in its thumbnail, and it stands upright', async () => {
    const { customer } = await makeConversation(widget);
    const photo = await sharp({ create: { width: 400, height: 200, channels: 3, background: 'teal' } })
      .jpeg()
      .withExif({ IFD3: { GPSLatitude: '52/1 31/1 0/1' } })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const file = await addFile(customer, uploadOf('photo.jpg', photo));
    expect(file).toMatchObject({ width: 200, height: 400 });
    while (await drawNextThumbnail());
    const small = await readPicture(await bytesOf(await openThumbnail(customer, file.id)));
    expect([small.width, small.height, small.exif]).toEqual([200, 400, undefined]);
  });
});

describe('what nobody holds is collected, bytes and row', () => {
  test('an upload that was taken back, and one that was forgotten; never one that is waited for', async () => {
    await collectFiles();
    const { customer, conversationId } = await makeConversation(widget);
    const [taken, forgotten, waiting, sent] = [
      await addText(customer),
      await addText(customer),
      await addText(customer),
      await addText(customer),
    ];
    await sendMessage(customer, { conversationId, id: newId(), text: '', fileIds: [sent.id] });
    await removeFile(customer, taken.id);
    // Of a file that a message has, taking back changes nothing.
    await removeFile(customer, sent.id);
    await transact((tx) =>
      tx.execute(sql`
      update files set created_at = now() - interval '4 days' where id in (${forgotten.id}, ${sent.id})`),
    );
    await expect(openFile(customer, taken.id)).rejects.toMatchObject({ code: 'not_found' });
    const before = (await keptKeys()).length;
    await collectFiles();
    expect((await keptKeys()).length).toBe(before - 2);
    for (const { id } of [taken, forgotten]) expect(await rowsOf(id)).toHaveLength(0);
    for (const { id } of [waiting, sent]) await expect(openFile(customer, id)).resolves.toBeDefined();
  });

  test('the files of a message that goes, with its picture', async () => {
    const { customer, conversationId } = await makeConversation(widget);
    const file = await addFile(customer, uploadOf('a.png', await makePicture(30, 30)));
    while (await drawNextThumbnail());
    await sendMessage(customer, { conversationId, id: newId(), text: '', fileIds: [file.id] });
    await collectFiles();
    const before = (await keptKeys()).length;
    await transact((tx) => tx.execute(sql`delete from customers where id = ${customer.id}`));
    await expect(openFile(agent, file.id)).rejects.toMatchObject({ code: 'not_found' });
    await collectFiles();
    expect((await keptKeys()).length).toBe(before - 2);
    expect(await rowsOf(file.id)).toHaveLength(0);
  });

  test('another conversation of the customer takes files as the first one did', async () => {
    const { customer } = await makeConversation(widget);
    const file = await addText(customer);
    const { value } = await startTicket(customer, {
      ticketId: newId(),
      conversationId: newId(),
      id: newId(),
      text: 'again',
      fileIds: [file.id],
    });
    expect(value.entry.files).toEqual([file]);
  });
});
