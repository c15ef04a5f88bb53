import { listAgents } from '#/db/agents.ts';
import { read } from '#/db/client.ts';
import { listFields } from '#/db/custom-fields.ts';
import { listDepartments } from '#/db/departments.ts';
import { listTags } from '#/db/tags.ts';
import { findWorkspace } from '#/db/workspace.ts';
import type { Catalogue } from '#/lib/catalogue/schema.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import { listViews } from '#/lib/views/service.ts';

/** Everything that the inbox offers to choose from. */
export async function getCatalogue(actor: AgentActor): Promise<Catalogue> {
  for (const operation of [
    'agent.read',
    'department.read',
    'tag.read',
    'field.read',
    'workspace.read',
  ] as const) {
    authorize(actor, operation, {});
  }
  const [{ agents, departments, tags, fields, workspace }, views] = await Promise.all([
    read(async (tx) => {
      const [agents, departments, tags, fields, workspace] = await Promise.all([
        listAgents(tx),
        listDepartments(tx),
        listTags(tx),
        listFields(tx),
        findWorkspace(tx),
      ]);
      return { agents, departments, tags, fields, workspace };
    }),
    listViews(actor),
  ]);
  return {
    agents: agents.filter(({ isActive }) => isActive).map(({ id, name }) => ({ id, name })),
    departments,
    tags,
    fields,
    views,
    workspace: { name: workspace?.name ?? '', reopeningHours: workspace?.reopeningHours ?? 168 },
  };
}
