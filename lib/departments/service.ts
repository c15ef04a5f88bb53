import { read } from '#/db/client.ts';
import { listDepartments as listDepartmentRows } from '#/db/departments.ts';
import type { Department } from '#/lib/agents/schema.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';

export async function listDepartments(actor: AgentActor): Promise<Department[]> {
  authorize(actor, 'department.read', {});
  return read((tx) => listDepartmentRows(tx));
}
