import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { read, transact } from '#/db/client.ts';
import {
  deleteSecretFingerprints,
  insertSecretFingerprint,
  listInstancesSeen,
  listSecretFingerprints,
  type SecretFingerprint,
} from '#/db/instances.ts';
import type { Env } from '#/lib/env.ts';
import { liveMsMax } from '#/lib/instances/registry.ts';

/** Instances of one database hold different secrets, or would; the message says which and what to do. */
export class SecretsDifferError extends Error {
  readonly code = 'secrets_differ';
}

/** What all instances of one database have to hold alike: by the name of its variable. */
export type SharedSecrets = Readonly<Record<string, string>>;

/** 16 MiB and some 40 ms for each guess, so that even a secret somebody made up is not guessed from its row. */
const cost: ScryptOptions = { N: 2 ** 14, r: 8, p: 1 };
const fingerprintBytes = 16;

export function sharedSecretsOf(settings: Env): SharedSecrets {
  const { mode, appId, key, secret } = settings.realtime;
  const realtime = mode === 'external' ? 'PUSHER' : 'REALTIME';
  return {
    AUTH_SECRET: settings.authSecret,
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: settings.actionsKey,
    [`${realtime}_KEY`]: JSON.stringify([appId, key]),
    [`${realtime}_SECRET`]: secret,
  };
}

/**
 * Throws `secrets_differ` when an instance of this database noted other secrets before; notes these where none were.
 * Kept is a slow, salted fingerprint of each, never anything that a secret could be read from.
 */
export async function checkSecrets(secrets: SharedSecrets): Promise<void> {
  await noteUnknown(secrets, await read((tx) => listSecretFingerprints(tx)));
  const noted = new Map((await read((tx) => listSecretFingerprints(tx))).map((row) => [row.name, row]));
  const outcomes = await Promise.all(
    Object.entries(secrets).map(async ([name, secret]) => {
      const known = noted.get(name);
      return known === undefined || (await isOf(secret, known)) ? [] : [name];
    }),
  );
  const differing = outcomes.flat();
  if (differing.length === 0) return;
  throw new SecretsDifferError(
    `${listed(differing)} ${differing.length === 1 ? 'differs' : 'differ'} from what the other instances of this ` +
      'database use: give this one the same values. To change them on purpose, stop every instance, run ' +
      '"npm run accept-secrets" with the new ones, and start again (docs/self-hosting.md, "Secrets").',
  );
}

/** Notes these secrets as the ones to hold, whatever was noted. For a database that nobody else can be using. */
export async function replaceSecrets(secrets: SharedSecrets): Promise<void> {
  const known = await read((tx) => listSecretFingerprints(tx));
  const isKnown = await Promise.all(
    Object.entries(secrets).map(async ([name, secret]) => {
      const row = known.find((candidate) => candidate.name === name);
      return row !== undefined && (await isOf(secret, row));
    }),
  );
  if (isKnown.every((is) => is)) return;
  const fresh = await Promise.all(
    Object.entries(secrets).map(([name, secret]) => fingerprintOf(name, secret)),
  );
  await transact(async (tx) => {
    await deleteSecretFingerprints(tx);
    for (const row of fresh) await insertSecretFingerprint(tx, row);
  });
}

/** As `replaceSecrets`, on purpose and by hand: throws `secrets_differ` while an instance runs, which would keep the old. */
export async function acceptSecrets(secrets: SharedSecrets): Promise<void> {
  const running = await read((tx) => listInstancesSeen(tx, liveMsMax));
  if (running.length > 0) {
    throw new SecretsDifferError(
      `Parley is running on this database (${running.map(({ place }) => place).join(', ')}): stop every instance ` +
        `first. One that was killed counts for ${liveMsMax / 1000} s.`,
    );
  }
  await replaceSecrets(secrets);
}

async function noteUnknown(secrets: SharedSecrets, known: readonly SecretFingerprint[]): Promise<void> {
  const names = new Set(known.map((row) => row.name));
  const missing = Object.entries(secrets).filter(([name]) => !names.has(name));
  const rows = await Promise.all(missing.map(([name, secret]) => fingerprintOf(name, secret)));
  if (rows.length === 0) return;
  await transact(async (tx) => {
    for (const row of rows) await insertSecretFingerprint(tx, row);
  });
}

async function fingerprintOf(name: string, secret: string): Promise<SecretFingerprint> {
  const salt = randomBytes(16).toString('base64url');
  return { name, salt, fingerprint: (await derive(name, secret, salt)).toString('base64url') };
}

async function isOf(secret: string, row: SecretFingerprint): Promise<boolean> {
  const noted = Buffer.from(row.fingerprint, 'base64url');
  return (
    noted.length === fingerprintBytes && timingSafeEqual(noted, await derive(row.name, secret, row.salt))
  );
}

/** The name is part of it: equal secrets under two names have fingerprints that do not show it. */
function derive(name: string, secret: string, salt: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, `parley ${name} ${salt}`, fingerprintBytes, cost, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

function listed(names: readonly string[]): string {
  const [last = '', ...others] = names.toReversed();
  return others.length === 0 ? last : `${others.toReversed().join(', ')} and ${last}`;
}
