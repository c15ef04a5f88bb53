import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Env } from '#/lib/env.ts';
import type { FileStorage } from '#/lib/files/storage.ts';

const connectMsMax = 3_000;
/** Without a byte for so long, it is not coming any more. */
const silenceMsMax = 15_000;
const attemptsMax = 3;

/** Keeps files in a bucket of anything that speaks S3. Nobody is ever sent there: what is read goes through us. */
export function s3Storage(settings: S3Env): FileStorage {
  const { bucket, prefix, endpoint, region, accessKeyId, secretAccessKey, usesPathStyle } = settings;
  const client = new S3Client({
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: usesPathStyle,
    maxAttempts: attemptsMax,
    // Whoever calls tells of what went wrong.
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    // Checksums in trailers are newer than many servers that speak S3.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: connectMsMax, socketTimeout: silenceMsMax, requestTimeout: 60_000 },
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  const named = (key: string) => ({ Bucket: bucket, Key: `${prefix}${key}` });
  return {
    async put(key, path, bytes) {
      // A stream is read once, so the client does not try again by itself.
      await insist(() =>
        client.send(
          new PutObjectCommand({
            ...named(key),
            Body: createReadStream(path),
            ContentLength: bytes,
            ContentType: 'application/octet-stream',
          }),
        ),
      );
    },
    async open(key, range) {
      const wanted = range === undefined ? {} : { Range: `bytes=${range.first}-${range.last}` };
      try {
        const { Body: body } = await client.send(new GetObjectCommand({ ...named(key), ...wanted }));
        return body instanceof Readable ? body : null;
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    async remove(key) {
      await client.send(new DeleteObjectCommand(named(key))).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
    },
  };
}

async function insist(send: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return void (await send());
    } catch (error) {
      if (tries === attemptsMax || isRefusal(error)) throw error;
    }
  }
}

/** What the next try would be told as well. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && '$fault' in error && error.$fault === 'client';
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound');
}
