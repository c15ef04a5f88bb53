import { read, type Tx, transact } from '#/db/client.ts';
import { insertChange } from '#/db/events.ts';
import { viewScope } from '#/db/scope.ts';
import { findNamed } from '#/db/ticket-filter.ts';
import {
  countViews,
  deleteStoredView,
  insertView,
  listStoredViews,
  lockView,
  type StoredView,
  updateView,
  upsertViewPlaces,
} from '#/db/views.ts';
import { RefusedError } from '#/lib/errors.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize, can } from '#/lib/permissions/can.ts';
import type { ChangeEvent, Done } from '#/lib/realtime/changes.ts';
import { type Known, namedIn, namesNothing, resolveFilter, withoutGone } from '#/lib/tickets/filter.ts';
import type { TicketFilter } from '#/lib/tickets/schema.ts';
import { type ReadView, readView } from '#/lib/views/rules.ts';
import { type ChangeViewInput, type SavedView, type SaveViewInput, viewsMax } from '#/lib/views/schema.ts';

/** The agent's views without what is gone, and what there is of all that they and `others` name. */
export type ReadViews = { views: readonly ReadView[]; known: Known };

const nothingKnown: Known = {
  tags: new Set(),
  departments: new Set(),
  agents: new Set(),
  customers: new Set(),
  fields: new Set(),
};

export async function readViews(
  tx: Tx,
  actor: AgentActor,
  others: readonly TicketFilter[],
): Promise<ReadViews> {
  const stored = (await listStoredViews(tx, actor.id, viewScope(actor))).map(readView);
  const filters = [...stored.map(({ filter }) => filter), ...others];
  const known = filters.every(namesNothing) ? nothingKnown : await findNamed(tx, namedIn(filters));
  const views = stored.map((view) => {
    const { filter, ignored } = withoutGone(view.filter, known);
    return { ...view, filter, ignored: [...new Set([...view.ignored, ...ignored])] };
  });
  return { views, known };
}

/** The shared views and the agent's own, in the agent's order. */
export async function listViews(actor: AgentActor): Promise<SavedView[]> {
  authorize(actor, 'view.read', { agentId: actor.id });
  const { views } = await read((tx) => readViews(tx, actor, []));
  return views.map((view) => savedViewOf(actor, view));
}

function savedViewOf(actor: AgentActor, view: ReadView): SavedView {
  const { id, name, filter, sort, position, ownerId, ignored } = view;
  const canChange = can(actor, 'view.manage', recordOf(view));
  return { id, name, filter, sort, position, ownerId, canChange, isBroken: ignored.length > 0 };
}

/** A shared view is its maker's as far as changing it goes. */
function recordOf({ ownerId, createdBy }: Pick<StoredView, 'ownerId' | 'createdBy'>) {
  return { agentId: ownerId ?? createdBy, isShared: ownerId === null };
}

/** Keeps a filter under a name. The same id again answers what is stored. */
export async function saveView(actor: AgentActor, input: SaveViewInput): Promise<Done<SavedView>> {
  const { id, name, sort, isShared } = input;
  const filter = resolveFilter({}, input.filter);
  const ownerId = isShared ? null : actor.id;
  return transact(async (tx) => {
    authorize(actor, 'view.manage', recordOf({ ownerId, createdBy: actor.id }));
    await refuseWhenFull(tx, ownerId);
    const isNew = await insertView(tx, { id, ownerId, createdBy: actor.id, name, filter, sort });
    if (!isNew) {
      await lockManaged(tx, actor, id);
      return { value: await findView(tx, actor, id), events: [] };
    }
    const events = await noteChange(tx, actor, id, null, { name, isShared });
    return { value: await findView(tx, actor, id), events };
  });
}

/** Changes what is named. Taken back from everybody, a view is its maker's again. */
export async function changeView(actor: AgentActor, input: ChangeViewInput): Promise<Done<SavedView | null>> {
  const { id } = input;
  return transact(async (tx) => {
    const stored = await lockManaged(tx, actor, id);
    const before = readView(stored);
    const own = stored.ownerId ?? stored.createdBy ?? actor.id;
    const isShared = input.isShared ?? stored.ownerId === null;
    const ownerId = isShared ? null : own;
    const name = input.name ?? before.name;
    const sort = input.sort ?? before.sort;
    const filter = input.filter === undefined ? before.filter : resolveFilter({}, input.filter);
    if (ownerId !== stored.ownerId) await refuseWhenFull(tx, ownerId);
    await updateView(tx, { id, ownerId, name, filter, sort });
    const events = await noteChange(
      tx,
      actor,
      id,
      { name: before.name, isShared: stored.ownerId === null },
      { name, isShared },
    );
    // An admin who took somebody's view back from everybody does not see it any more.
    const isSeen = can(actor, 'view.read', recordOf({ ownerId, createdBy: stored.createdBy }));
    return { value: isSeen ? await findView(tx, actor, id) : null, events };
  });
}

/** The agent's own order, of one's own and the shared ones. Views that are not named come after. */
export async function orderViews(actor: AgentActor, ids: readonly string[]): Promise<Done<null>> {
  return transact(async (tx) => {
    authorize(actor, 'view.read', { agentId: actor.id });
    await upsertViewPlaces(tx, actor.id, ids, viewScope(actor));
    return { value: null, events: [] };
  });
}

/** Taking away what is gone already succeeds. */
export async function deleteView(actor: AgentActor, id: string): Promise<Done<null>> {
  return transact(async (tx) => {
    const stored = await lockView(tx, id);
    if (stored === null) {
      authorize(actor, 'view.manage', { agentId: actor.id });
      return { value: null, events: [] };
    }
    authorize(actor, 'view.manage', recordOf(stored));
    await deleteStoredView(tx, id);
    const before = { name: stored.name, isShared: stored.ownerId === null };
    return { value: null, events: await noteChange(tx, actor, id, before, null) };
  });
}

async function lockManaged(tx: Tx, actor: AgentActor, id: string): Promise<StoredView> {
  const stored = await lockView(tx, id);
  if (stored === null) throw new RefusedError({ code: 'not_found', reason: 'view_gone' });
  authorize(actor, 'view.manage', recordOf(stored));
  return stored;
}

async function findView(tx: Tx, actor: AgentActor, id: string): Promise<SavedView> {
  const { views } = await readViews(tx, actor, []);
  const view = views.find((each) => each.id === id);
  if (view === undefined) throw new RefusedError({ code: 'not_found', reason: 'view_gone' });
  return savedViewOf(actor, view);
}

async function refuseWhenFull(tx: Tx, ownerId: string | null): Promise<void> {
  if ((await countViews(tx, ownerId)) < viewsMax) return;
  throw new RefusedError({ code: 'conflict', reason: 'views_full' });
}

type Noted = { name: string; isShared: boolean };

/** Of one's own views nobody else hears. */
async function noteChange(
  tx: Tx,
  actor: AgentActor,
  id: string,
  before: Noted | null,
  after: Noted | null,
): Promise<ChangeEvent[]> {
  const isHeard = before?.isShared === true || after?.isShared === true;
  const change = await insertChange(tx, {
    type: 'view.changed',
    actor,
    subjectId: id,
    ...(before === null ? {} : { before }),
    ...(after === null ? {} : { after }),
    isSettled: !isHeard,
  });
  return isHeard ? [change] : [];
}
