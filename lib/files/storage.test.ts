import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import S3rver from '@20minutes/s3rver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderStorage } from '#/lib/files/folder-storage.ts';
import { s3Storage } from '#/lib/files/s3-storage.ts';
import type { FileStorage } from '#/lib/files/storage.ts';

let folder: string;
let server: S3rver;
const settings = {
  bucket: 'parley',
  region: 'us-east-1',
  accessKeyId: 'S3RVER',
  secretAccessKey: 'S3RVER',
  prefix: 'files/',
  usesPathStyle: true,
};
const storages: Record<string, FileStorage> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-storage-'));
  server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: join(folder, 's3'),
    configureBuckets: [{ name: 'parley', configs: [] }],
  });
  const { port } = await server.run();
  storages.folder = folderStorage(join(folder, 'files'));
  storages.bucket = s3Storage({ ...settings, endpoint: `http://127.0.0.1:${port}` });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

let made = 0;
const key = () => `key${String(made++).padStart(29, '0')}`;

async function arriving(content: Uint8Array): Promise<string> {
  const path = join(folder, `${key()}.part`);
  await writeFile(path, content);
  return path;
}

async function bytesOf(source: Readable | null): Promise<Buffer | null> {
  if (source === null) return null;
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

describe.each(['folder', 'bucket'])('a %s', (name) => {
  const storage = () => {
    const found = storages[name];
    if (found === undefined) throw new Error('not opened');
    return found;
  };

  test('gives back what it was given, whole and in part', async () => {
    const content = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));
    const own = key();
    await storage().put(own, await arriving(content), content.byteLength);
    expect((await bytesOf(await storage().open(own)))?.equals(content)).toBe(true);
    const part = await bytesOf(await storage().open(own, { first: 1_000, last: 1_999 }));
    expect(part?.equals(content.subarray(1_000, 2_000))).toBe(true);
    expect(await bytesOf(await storage().open(own, { first: 199_999, last: 199_999 }))).toHaveLength(1);
  });

  test('has nothing under a key that was never used or was removed, also twice', async () => {
    const own = key();
    expect(await storage().open(own)).toBe(null);
    await storage().put(own, await arriving(Buffer.from('gone')), 4);
    await storage().remove(own);
    await storage().remove(own);
    await storage().remove(key());
    expect(await storage().open(own)).toBe(null);
  });

  test('many at once do not mix', async () => {
    const all = Array.from({ length: 20 }, (_, index) => ({
      own: key(),
      content: Buffer.from(`content ${index}`),
    }));
    await Promise.all(
      all.map(async ({ own, content }) => storage().put(own, await arriving(content), content.byteLength)),
    );
    for (const { own, content } of all) {
      expect((await bytesOf(await storage().open(own)))?.toString()).toBe(content.toString());
    }
  });
});

describe('a folder', () => {
  test('is readable by its owner alone, and leaves nothing where things arrive', async () => {
    const own = key();
    const path = await arriving(Buffer.from('mine'));
    await storages.folder?.put(own, path, 4);
    const kept = join(folder, 'files', own.slice(0, 2), own);
    expect(await readFile(kept, 'utf8')).toBe('mine');
    expect((await stat(join(folder, 'files', own.slice(0, 2)))).mode & 0o777).toBe(0o700);
    await expect(stat(path)).rejects.toThrow();
  });

  test.each(['../../etc/passwd', 'a/../../b', '', 'short', `${'a'.repeat(30)}/x`, `${'a'.repeat(30)}\0`])(
    'is never left by a key (%j)',
    async (hostile) => {
      await expect(storages.folder?.open(hostile)).rejects.toThrow('not a key');
      await expect(storages.folder?.remove(hostile)).rejects.toThrow('not a key');
      const path = await arriving(Buffer.from('x'));
      await expect(storages.folder?.put(hostile, path, 1)).rejects.toThrow('not a key');
    },
  );
});

describe('a bucket', () => {
  test('whose line breaks in the middle has another try, with all of it', async () => {
    let broken = 0;
    const { port } = addressOf(server);
    const proxy = createNetServer((socket) => {
      const onward = connect(port, '127.0.0.1');
      for (const each of [socket, onward]) each.on('error', () => {});
      socket.on('close', () => onward.destroy());
      onward.on('close', () => socket.destroy());
      onward.pipe(socket);
      if (broken++ >= 2) return void socket.pipe(onward);
      socket.once('data', (start) => {
        onward.write(start);
        socket.once('data', () => socket.destroy());
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = proxy.address();
    const endpoint = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    const content = Buffer.alloc(300_000, 'x');
    const own = key();
    await s3Storage({ ...settings, endpoint }).put(own, await arriving(content), content.byteLength);
    expect(broken).toBe(3);
    expect((await bytesOf((await storages.bucket?.open(own)) ?? null))?.equals(content)).toBe(true);
    proxy.close();
  });

  test('that is not there, and one that answers with errors, refuse instead of waiting', async () => {
    const failing = createServer((_request, response) => response.writeHead(503).end());
    await new Promise<void>((resolve) => failing.listen(0, '127.0.0.1', resolve));
    const address = failing.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const refused = s3Storage({ ...settings, endpoint: `http://127.0.0.1:${port}` });
    await expect(refused.open(key())).rejects.toThrow();
    await new Promise((resolve) => failing.close(resolve));
    await expect(refused.put(key(), await arriving(Buffer.from('x')), 1)).rejects.toThrow();
  });

  test('with other credentials shows nothing', async () => {
    const own = key();
    await storages.bucket?.put(own, await arriving(Buffer.from('mine')), 4);
    const { port } = addressOf(server);
    const stranger = s3Storage({
      ...settings,
      secretAccessKey: 'guessed',
      endpoint: `http://127.0.0.1:${port}`,
    });
    await expect(stranger.open(own)).rejects.toThrow();
  });
});

function addressOf({ httpServer }: S3rver): { port: number } {
  const address = httpServer.address();
  return typeof address === 'object' && address !== null ? address : { port: 0 };
}
