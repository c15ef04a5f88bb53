import type { Scope } from '#/lib/api/scopes.ts';
import { type ApiKeyHolder, createKey, findKeyByToken } from '#/lib/api-keys/service.ts';
import { newId } from '#/lib/ids.ts';
import { makeAgent } from '#/lib/testing.ts';

/** A new key with its token, as an admin makes one. For tests only. */
export async function makeKey(
  scopes: readonly Scope[],
  { departmentId = null, name = 'Order sync' }: { departmentId?: string | null; name?: string } = {},
): Promise<ApiKeyHolder & { token: string }> {
  const admin = await makeAgent('admin');
  const { value } = await createKey(admin, {
    ...{ id: newId(), name, scopes: [...scopes], departmentId, lifeDays: null },
  });
  const holder = await findKeyByToken(value.token);
  if (holder === null) throw new Error('a new key opens nothing');
  return { ...holder, token: value.token };
}
