import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { asCustomer, type Tx, transact } from '#/db/client.ts';
import { isTokenUsed } from '#/db/customers.ts';
import {
  type FileOwner,
  findHeldFile,
  findLooseFile,
  insertFile,
  lockOwner,
  releaseFile,
  type StoredFile,
  sumBytesOf,
  sumBytesOfDay,
  updateFileStored,
} from '#/db/files.ts';
import { env } from '#/lib/env.ts';
import { RefusedError } from '#/lib/errors.ts';
import { fileTypeOf } from '#/lib/files/content.ts';
import { type Incoming, takeIn } from '#/lib/files/incoming.ts';
import { measurePicture } from '#/lib/files/pictures.ts';
import { cleanFileName, isRaster } from '#/lib/files/rules.ts';
import type { FileAllowance, FileRef } from '#/lib/files/schema.ts';
import { fileStorage } from '#/lib/files/storage.ts';
import { thumbnailKey, wakeThumbnails } from '#/lib/files/thumbnails.ts';
import { newId } from '#/lib/ids.ts';
import { logger } from '#/lib/logger.ts';
import type { AgentActor, CustomerActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';

/** Somebody who is about to send their first message: the hash names the session that they will have. */
export type Uploader = { kind: 'visitor'; widgetId: string; tokenHash: string };
export type FileActor = CustomerActor | AgentActor | Uploader;

export type Upload = {
  name: string;
  /** As the request declares it; the body must be exactly that long. */
  bytes: number;
  body: AsyncIterable<Uint8Array>;
};

/** What this person may still send. */
export async function getAllowance(actor: FileActor): Promise<FileAllowance> {
  return transact((tx) => allowanceOf(tx, actor));
}

async function allowanceOf(tx: Tx, actor: FileActor): Promise<FileAllowance> {
  authorize(actor, 'file.add', recordOf(actor));
  const { fileBytesMax, customerBytesMax, widgetBytesPerDay } = env().files;
  if (actor.kind === 'agent') return { fileBytesMax, bytesLeft: Number.MAX_SAFE_INTEGER };
  const [own, today] = await Promise.all([sumBytesOf(tx, ownerOf(actor)), sumBytesOfDay(tx, actor.widgetId)]);
  return {
    fileBytesMax,
    bytesLeft: Math.max(0, Math.min(customerBytesMax - own, widgetBytesPerDay - today)),
  };
}

/**
 * Keeps an upload until a message takes it. Refuses before it reads what is too large or above the sender's allowance, and
 * afterwards what is no file that people send each other. Whatever goes wrong, nothing of it stays.
 */
export async function addFile(actor: FileActor, upload: Upload): Promise<FileRef> {
  const allowance = await transact(async (tx) => {
    if (actor.kind === 'visitor' && (await isTokenUsed(tx, actor.tokenHash))) throw sessionOver();
    return allowanceOf(tx, actor);
  });
  refuseSize(upload.bytes, allowance);
  const { filesDir } = env();
  const limits = { declared: upload.bytes, bytesMax: allowance.fileBytesMax };
  const incoming = await takeIn(upload.body, incomingDirOf(filesDir), limits);
  try {
    return await keep(actor, upload.name, incoming);
  } finally {
    await incoming.discard();
  }
}

/** Where uploads arrive, below the folder of files. */
export function incomingDirOf(filesDir: string): string {
  return join(filesDir, 'incoming');
}

function refuseSize(bytes: number, { fileBytesMax, bytesLeft }: FileAllowance): void {
  if (bytes === 0) throw new RefusedError({ code: 'invalid', reason: 'file_empty' });
  if (bytes > fileBytesMax) throw new RefusedError({ code: 'too_large', reason: 'file_too_large' });
  if (bytes > bytesLeft) throw new RefusedError({ code: 'too_large', reason: 'files_full' });
}

async function keep(actor: FileActor, givenName: string, incoming: Incoming): Promise<FileRef> {
  const { path, bytes, head } = incoming;
  const type = fileTypeOf(head, givenName);
  if (type === null) throw new RefusedError({ code: 'invalid', reason: 'file_type' });
  const size = isRaster(type) ? await measurePicture(path) : null;
  const file: StoredFile = {
    id: newId(),
    key: randomBytes(24).toString('base64url'),
    name: cleanFileName(givenName, type),
    type,
    bytes,
    ...(size ?? {}),
    hasThumbnail: size !== null,
  };
  const owner = ownerOf(actor);
  await inOwnersTransaction(actor, async (tx) => {
    authorize(actor, 'file.add', recordOf(actor));
    // One at a time, so that many at once do not each find the room that is there for one.
    await lockOwner(tx, owner);
    if (actor.kind !== 'agent') {
      const left = env().files.customerBytesMax - (await sumBytesOf(tx, owner));
      refuseSize(bytes, { fileBytesMax: bytes, bytesLeft: left });
    }
    await insertFile(tx, { ...file, width: size?.width ?? null, height: size?.height ?? null }, owner);
  });
  try {
    await (await fileStorage()).put(file.key, path, bytes);
    // Not as the customer: a visitor may have become one meanwhile.
    const isStored = await transact((tx) => updateFileStored(tx, file.id));
    if (!isStored) throw new RefusedError({ code: 'conflict', reason: 'file_taken_back' });
  } catch (error) {
    await transact((tx) => releaseFile(tx, file.id, owner)).catch(() => undefined);
    if (error instanceof Error && 'failure' in error) throw error;
    logger().warn('a file could not be kept', { error });
    throw new RefusedError({ code: 'unavailable', reason: 'storage' });
  }
  if (file.hasThumbnail) wakeThumbnails();
  const { key: _, ...ref } = file;
  return ref;
}

/** Takes an upload back that no message took. Also when there is none, so that it may be said twice. */
export async function removeFile(actor: FileActor, fileId: string): Promise<null> {
  return inOwnersTransaction(actor, async (tx) => {
    authorize(actor, 'file.add', recordOf(actor));
    await releaseFile(tx, fileId, ownerOf(actor));
    return null;
  });
}

export type OpenedFile = {
  file: FileRef;
  /** May be drawn in a page; everything else is to be saved. */
  isShown: boolean;
  read(range?: { first: number; last: number }): Promise<Readable | null>;
};

/**
 * A file for whoever may read its message, or its sender while no message has it. Otherwise `not_found`, notes' files to
 * customers above all.
 */
export async function openFile(actor: FileActor, fileId: string): Promise<OpenedFile> {
  const { key, thumbnail: _, ...file } = await getReadable(actor, fileId);
  const isShown = isRaster(file.type) && file.width !== undefined;
  return { file, isShown, read: async (range) => (await fileStorage()).open(key, range) };
}

/** The small picture of such a file. `unavailable` while it is being made, `not_found` when there will be none. */
export async function openThumbnail(actor: FileActor, fileId: string): Promise<Readable> {
  const { key, thumbnail } = await getReadable(actor, fileId);
  if (thumbnail === 'waiting') {
    throw new RefusedError({ code: 'unavailable', reason: 'not_drawn_yet', retryAfterMs: 1_000 });
  }
  const small = thumbnail === 'ready' ? await (await fileStorage()).open(thumbnailKey(key)) : null;
  if (small === null) throw new RefusedError({ code: 'not_found', reason: 'no_thumbnail' });
  return small;
}

async function getReadable(actor: FileActor, fileId: string) {
  const file = await inOwnersTransaction(actor, async (tx) => {
    const held = actor.kind === 'visitor' ? null : await findHeldFile(tx, fileId);
    if (actor.kind !== 'visitor' && held !== null) {
      authorize(actor, held.isNote ? 'note.read' : 'message.read', held.readers);
      return held.file;
    }
    authorize(actor, 'file.add', recordOf(actor));
    return findLooseFile(tx, fileId, ownerOf(actor));
  });
  if (file === null) throw new RefusedError({ code: 'not_found' });
  return file;
}

function sessionOver(): RefusedError {
  return new RefusedError({ code: 'unauthenticated', reason: 'session_over' });
}

function inOwnersTransaction<T>(actor: FileActor, fn: (tx: Tx) => Promise<T>): Promise<T> {
  return actor.kind === 'customer' ? asCustomer(actor.id, fn) : transact(fn);
}

function ownerOf(actor: FileActor): FileOwner {
  switch (actor.kind) {
    case 'customer':
      return { kind: 'customer', id: actor.id, widgetId: actor.widgetId };
    case 'agent':
      return { kind: 'agent', id: actor.id };
    case 'visitor':
      return actor;
  }
}

function recordOf(actor: FileActor) {
  switch (actor.kind) {
    case 'customer':
      return { customerId: actor.id };
    case 'agent':
      return { agentId: actor.id };
    case 'visitor':
      return { widgetId: actor.widgetId };
  }
}
