import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

/** Makes what tests send. For tests only. */

/** An environment in which services keep files in a folder of their own. */
export async function filesEnvironment(): Promise<{ folder: string; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-files-'));
  const needed = {
    DATABASE_URL: 'postgres://parley:parley@127.0.0.1/none',
    AUTH_SECRET: 'a'.repeat(32),
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    REALTIME_APP_ID: 'app',
    REALTIME_KEY: 'key',
    REALTIME_SECRET: 's'.repeat(32),
  };
  Object.assign(process.env, { ...needed, ...process.env, PARLEY_DATA: folder });
  return { folder, close: () => rm(folder, { recursive: true, force: true }) };
}

export function makePicture(width: number, height: number): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: { r: 200, g: 90, b: 40 } } })
    .png()
    .toBuffer();
}

/** An upload of these bytes, in pieces as a network brings them. */
export function uploadOf(name: string, content: Uint8Array, declared = content.byteLength) {
  async function* body() {
    for (let at = 0; at < content.byteLength; at += 16_384) yield content.subarray(at, at + 16_384);
  }
  return { name, bytes: declared, body: body() };
}
