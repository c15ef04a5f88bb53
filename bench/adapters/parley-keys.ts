import { z } from 'zod';
import { actionIdOf } from '#/bench/adapters/parley-actions.ts';
import { act } from '#/bench/adapters/parley-calls.ts';
import type { HttpClient } from '#/bench/http-client.ts';
import { type ApiDocument, operationsOf } from '#/lib/api/schema.ts';
import { newId } from '#/lib/ids.ts';

const file = 'app/(agent)/settings/api-keys/actions.ts';
const page = '/settings/api-keys';
const tokenSchema = z.object({ token: z.string() });

export type MadeKey = { id: string; token: string };

/** A key as an admin makes it on its page; `http` is signed in. */
export async function makeKey(
  http: HttpClient,
  options: { name: string; scopes: readonly string[]; departmentId?: string },
): Promise<MadeKey> {
  const { name, scopes, departmentId = null } = options;
  const id = newId();
  const input = { id, name, scopes, departmentId, lifeDays: 30 };
  const made = await act(http, page, actionIdOf(file, 'createApiKey'), [input]);
  return { id, token: tokenSchema.parse(made).token };
}

export async function revokeKey(http: HttpClient, { id }: MadeKey): Promise<void> {
  await act(http, page, actionIdOf(file, 'revokeApiKey'), [{ id }]);
}

/** All scopes that the document's operations ask for. */
export function scopesOf(document: ApiDocument): string[] {
  const asked = operationsOf(document).flatMap(({ operation }) =>
    operation.security.flatMap((requirement) => requirement.key ?? []),
  );
  return [...new Set(asked)].toSorted();
}
