import { constraintOf, read, type Tx, transact } from '#/db/client.ts';
import {
  closeDepartment,
  type DepartmentColumns,
  deleteEmptyDepartment,
  findDepartment,
  findDepartmentNamed,
  listClosedDepartments,
  listDepartmentDetails,
  listDepartments as listDepartmentRows,
  listTicketIdsOfDepartment,
  lockDepartment,
  lockMemberIds,
  writeDepartment,
} from '#/db/departments.ts';
import { insertChange } from '#/db/events.ts';
import type { Department } from '#/lib/agents/schema.ts';
import { placeAgent } from '#/lib/agents/service.ts';
import type {
  DeleteDepartmentInput,
  DepartmentDetail,
  EditDepartmentInput,
  SaveDepartmentInput,
} from '#/lib/departments/schema.ts';
import { RefusedError } from '#/lib/errors.ts';
import { logger } from '#/lib/logger.ts';
import type { AgentActor, SystemActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { ChangeEvent, Done } from '#/lib/realtime/changes.ts';
import { changeTicketWhile } from '#/lib/tickets/change.ts';

export async function listDepartments(actor: AgentActor): Promise<Department[]> {
  authorize(actor, 'department.read', {});
  return read((tx) => listDepartmentRows(tx));
}

/** The departments with their hours, members and what is in them, by name. */
export async function listDepartmentsInFull(actor: AgentActor): Promise<DepartmentDetail[]> {
  authorize(actor, 'department.read', {});
  return read((tx) => listDepartmentDetails(tx));
}

/**
 * Makes the department or changes it. Whoever is named as a member leaves the department they were in; a member who is
 * not named any more is in none. Restricting it takes its tickets from everybody else at once. The same input again
 * changes nothing. Throws `conflict` for a name that another one has.
 */
export async function saveDepartment(actor: AgentActor, input: SaveDepartmentInput): Promise<Done<null>> {
  const { memberIds, ...wanted } = input;
  return named(
    transact(async (tx) => {
      authorize(actor, 'department.manage', { departmentId: input.id });
      const before = await lockDepartment(tx, input.id);
      if (before?.isClosed === true) throw new RefusedError({ code: 'not_found' });
      return { value: null, events: await saveIn(tx, actor, before, wanted, memberIds) };
    }),
  );
}

/** Changes what is named of a department; what is not stays as it is, its members too. Otherwise as `saveDepartment`. */
export async function editDepartment(
  actor: AgentActor,
  id: string,
  input: EditDepartmentInput,
): Promise<Done<null>> {
  return named(
    transact(async (tx) => {
      authorize(actor, 'department.manage', { departmentId: id });
      const before = await lockDepartment(tx, id);
      if (before === null || before.isClosed) throw new RefusedError({ code: 'not_found' });
      const wanted = {
        id,
        name: input.name ?? before.name,
        isRestricted: input.isRestricted ?? before.isRestricted,
        timezone: input.timezone ?? before.timezone,
        businessHours: input.businessHours === undefined ? before.businessHours : input.businessHours,
      };
      return { value: null, events: await saveIn(tx, actor, before, wanted, input.memberIds ?? null) };
    }),
  );
}

/** Null for `memberIds` leaves everybody where they are. */
async function saveIn(
  tx: Tx,
  actor: AgentActor,
  before: DepartmentColumns | null,
  wanted: DepartmentColumns,
  memberIds: readonly string[] | null,
): Promise<ChangeEvent[]> {
  if ((await findDepartmentNamed(tx, wanted.name, wanted.id)) !== null) throw nameTaken();
  const events: ChangeEvent[] = [];
  if (before === null || !isSame(before, wanted)) {
    await writeDepartment(tx, wanted);
    events.push(await noteChange(tx, actor, before, wanted));
  }
  if (memberIds !== null) events.push(...(await placeMembers(tx, actor, wanted.id, memberIds)));
  return events;
}

async function placeMembers(
  tx: Tx,
  actor: AgentActor,
  departmentId: string,
  memberIds: readonly string[],
): Promise<ChangeEvent[]> {
  const wanted = new Set(memberIds);
  const present = new Set(await lockMemberIds(tx, departmentId));
  const events: ChangeEvent[] = [];
  for (const id of [...present].filter((id) => !wanted.has(id))) {
    events.push(...(await placeAgent(tx, actor, id, null)));
  }
  for (const id of [...wanted].filter((id) => !present.has(id)).toSorted()) {
    events.push(...(await placeAgent(tx, actor, id, departmentId)));
  }
  return events;
}

function isSame(before: DepartmentColumns, wanted: DepartmentColumns): boolean {
  const columnsOf = ({ name, isRestricted, timezone, businessHours }: DepartmentColumns) =>
    JSON.stringify([name, isRestricted, timezone, businessHours]);
  return columnsOf(before) === columnsOf(wanted);
}

/** Two admins may choose the same name in the same moment: the index decides. */
async function named<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    if (constraintOf(error) === 'departments_name_unique') throw nameTaken();
    throw error;
  }
}

function nameTaken(): RefusedError {
  return new RefusedError({ code: 'conflict', reason: 'name_taken', field: 'name' });
}

/** A change of who may see its tickets is a type of its own: that one ends what people listen to. */
function noteChange(
  tx: Tx,
  actor: AgentActor,
  before: DepartmentColumns | null,
  after: DepartmentColumns,
): Promise<ChangeEvent> {
  const isMoved = (before?.isRestricted ?? false) !== after.isRestricted;
  const named = ({ name, isRestricted, timezone, businessHours }: DepartmentColumns) => {
    return { name, isRestricted, timezone, businessHours };
  };
  return insertChange(tx, {
    type: isMoved ? 'department.access_changed' : 'department.changed',
    actor,
    subjectId: after.id,
    ...(before === null ? {} : { before: named(before) }),
    after: named(after),
  });
}

const batchMax = 200;

/**
 * Takes a department out of use. Its members, and what brings in new tickets, change over at once; its tickets follow
 * one by one in `moveTicketsOut`, each with a line that says so, and then it is gone. Until then it keeps its readers.
 */
export async function deleteDepartment(actor: AgentActor, input: DeleteDepartmentInput): Promise<Done<null>> {
  const { id, moveTo } = input;
  return transact(async (tx) => {
    authorize(actor, 'department.manage', { departmentId: id });
    const department = await lockDepartment(tx, id);
    if (department === null || department.isClosed) return { value: null, events: [] };
    if (moveTo === id || (moveTo !== null && (await findDepartment(tx, moveTo)) === null)) {
      throw new RefusedError({ code: 'invalid', field: 'moveTo', reason: 'department_unknown' });
    }
    const events: ChangeEvent[] = [];
    for (const agentId of await lockMemberIds(tx, id)) {
      events.push(...(await placeAgent(tx, actor, agentId, moveTo)));
    }
    await closeDepartment(tx, id, moveTo);
    const change = await insertChange(tx, {
      type: 'department.changed',
      actor,
      subjectId: id,
      before: { name: department.name },
      after: { isClosed: true, movesTo: moveTo },
    });
    return { value: null, events: [...events, change] };
  });
}

/**
 * Brings the tickets of closed departments to where they belong now, and answers what to publish as it goes. One that
 * cannot be written is logged and left to the next call; a department that holds nothing any more is taken away.
 */
export async function* moveTicketsOut(
  actor: AgentActor | SystemActor,
  olderThanMs = 0,
): AsyncGenerator<ChangeEvent[]> {
  authorize(actor, 'department.manage', {});
  for (const { id, movesTo } of await read((tx) => listClosedDepartments(tx, olderThanMs))) {
    for await (const ids of eachTicket(id)) {
      for (const ticketId of ids) yield await moveOut(actor, ticketId, id, movesTo);
    }
    await transact((tx) => deleteEmptyDepartment(tx, id));
  }
}

async function moveOut(
  actor: AgentActor | SystemActor,
  ticketId: string,
  departmentId: string,
  to: string | null,
): Promise<ChangeEvent[]> {
  try {
    const { events } = await changeTicketWhile(actor, ticketId, { departmentId }, [
      { field: 'department', to },
    ]);
    return events;
  } catch (error) {
    logger().warn('a ticket was not moved out of its department', { ticketId, departmentId, error });
    return [];
  }
}

async function* eachTicket(departmentId: string): AsyncGenerator<string[]> {
  let after: string | null = null;
  do {
    const last: string | null = after;
    const ids: string[] = await read((tx) => listTicketIdsOfDepartment(tx, departmentId, last, batchMax));
    if (ids.length > 0) yield ids;
    after = ids.at(-1) ?? null;
  } while (after !== null);
}
