import { z } from 'zod';
import { actionIdOf, decodeAnswer, encodeArguments } from '#/bench/adapters/parley-actions.ts';
import { act, type ParleyAccess, signIn } from '#/bench/adapters/parley-calls.ts';
import { openHttpClient } from '#/bench/http-client.ts';
import type { Account } from '#/bench/simulated-people.ts';
import { newToken } from '#/lib/ids.ts';

/** Makes the first admin, as the page does whose address the first start prints. */
export async function completeSetup(
  url: string,
  output: string,
  account: { email: string; password: string },
): Promise<void> {
  const token = /\/setup#(?:token=)?([\w-]{43})/.exec(output)?.[1];
  if (token === undefined) throw new Error('the first start printed no set-up link');
  const http = openHttpClient(url);
  const input = { token, workspaceName: 'Bench', name: 'Ada Keane', ...account, withExampleData: false };
  const id = actionIdOf('app/(public)/setup/actions.ts', 'completeSetup');
  const answer = await http.ask('POST', '/setup', encodeArguments([input]), {
    'content-type': 'text/plain;charset=UTF-8',
    accept: 'text/x-component',
    'next-action': id,
  });
  http.close();
  const result = z.object({ ok: z.boolean() }).safeParse(decodeAnswer(answer.text));
  if (!result.success || !result.data.ok)
    throw new Error(`set-up was refused (${answer.status}): ${answer.text}`);
}

/** The admin of the set-up, and as many colleagues by invitation as it takes. `find` reads them from the database. */
export async function makeAccounts(
  access: ParleyAccess,
  count: number,
  find: () => Promise<{ id: string; name: string; email: string }[]>,
): Promise<Account[]> {
  const admin = openHttpClient(access.url);
  await signIn(admin, access);
  const passwords = new Map([[access.email, access.password]]);
  const inviteId = actionIdOf('app/(agent)/settings/actions.ts', 'inviteAgent');
  const acceptId = actionIdOf('app/(public)/invite/actions.ts', 'acceptInvite');
  for (let index = 2; index <= count; index++) {
    const [email, password] = [`agent${index}@example.com`, newToken()];
    const invitation = await act(admin, '/settings/team', inviteId, [
      { email, role: 'agent', departmentId: null },
    ]);
    const { hash } = new URL(z.object({ url: z.string() }).parse(invitation).url);
    const guest = openHttpClient(access.url);
    await act(guest, '/invite', acceptId, [{ token: hash.slice(1), name: `Agent ${index}`, password }]);
    guest.close();
    passwords.set(email, password);
  }
  admin.close();
  return (await find()).slice(0, count).map((agent) => ({
    ...agent,
    password: passwords.get(agent.email) ?? '',
  }));
}
