import { redirect } from 'next/navigation';
import { currentAgent } from '#/lib/auth/session.ts';
import { listTickets } from '#/lib/tickets/list.ts';
import { findWorkspaceName } from '#/lib/workspace/service.ts';

/** The signed-in agent and what stands around every settings page; leads to sign-in where nobody is. */
export async function settingsShell(path: string) {
  const agent = await currentAgent();
  if (agent === null) redirect(`/sign-in?next=${encodeURIComponent(path)}`);
  const [workspaceName, list] = await Promise.all([
    findWorkspaceName(),
    listTickets(agent, { view: 'all', filter: {}, sort: 'waiting', limit: 1 }),
  ]);
  const { id, name, email, role, departmentId } = agent;
  const me = { id, name, email, role, departmentId };
  return { agent, shell: { workspaceName: workspaceName ?? 'Parley', me, counts: list.counts } };
}
