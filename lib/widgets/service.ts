import { randomBytes } from 'node:crypto';
import { read, transact } from '#/db/client.ts';
import { findDepartment } from '#/db/departments.ts';
import { insertEvent } from '#/db/events.ts';
import { findTextsByKey } from '#/db/widget-texts.ts';
import {
  findWidget,
  findWidgetByKey,
  insertWidget,
  listSightings as listSightingRows,
  listWidgets as listWidgetRows,
  updateWidget,
  type Widget,
} from '#/db/widgets.ts';
import { findWorkspace } from '#/db/workspace.ts';
import { RefusedError } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { Done } from '#/lib/realtime/changes.ts';
import { isOrigin, lookOf, type SavedLook } from '#/lib/widgets/rules.ts';
import {
  type CreateWidgetInput,
  type SaveWidgetInput,
  type WidgetConfig,
  type WidgetSighting,
  widgetKeySchema,
} from '#/lib/widgets/schema.ts';
import { spokenOf } from '#/lib/widgets/texts.ts';

/** A widget as its settings page shows it. */
export type WidgetSettings = Omit<Widget, 'look'> & { look: SavedLook };

/** What anybody may know of a widget, said to a page of this language; null for a key that is none. */
export async function findWidgetConfig(
  key: string,
  pageLanguage: string | null,
): Promise<WidgetConfig | null> {
  if (!widgetKeySchema.safeParse(key).success) return null;
  const [widget, workspace, stored] = await read((tx) =>
    Promise.all([findWidgetByKey(tx, key), findWorkspace(tx), findTextsByKey(tx, key)]),
  );
  if (widget === null) return null;
  authorize({ kind: 'visitor', widgetId: widget.id }, 'widget.read', { widgetId: widget.id });
  const { texts } = spokenOf(stored, { page: pageLanguage, accepted: null });
  return {
    key: widget.key,
    name: workspace?.name ?? widget.name,
    ...lookOf(widget.look),
    launcherLabel: texts['launcher.label'],
    closeLabel: texts['launcher.close'],
    unreadLabel: texts['launcher.unread'],
  };
}

/** The exact origins whose pages may embed this widget; empty for a key that is none. */
export async function listAllowedOrigins(key: string): Promise<string[]> {
  if (!widgetKeySchema.safeParse(key).success) return [];
  const widget = await read((tx) => findWidgetByKey(tx, key));
  return widget?.allowedOrigins ?? [];
}

/** The same for the widget that a customer came through. */
export async function listAllowedOriginsOfWidget(widgetId: string): Promise<string[]> {
  const widget = await read((tx) => findWidget(tx, widgetId));
  return widget?.allowedOrigins ?? [];
}

const preflightWidgetsMax = 1_000;

/** Every origin that any widget allows. */
export async function listEveryAllowedOrigin(): Promise<string[]> {
  const widgets = await read((tx) => listWidgetRows(tx));
  return widgets.slice(0, preflightWidgetsMax).flatMap((widget) => widget.allowedOrigins);
}

export async function listWidgets(actor: AgentActor): Promise<WidgetSettings[]> {
  authorize(actor, 'widget.read', {});
  const widgets = await read((tx) => listWidgetRows(tx));
  return widgets.map(settingsOf);
}

/** A widget for one more site: a key of its own, no site allowed yet, the usual look. */
export async function createWidget(
  actor: AgentActor,
  input: CreateWidgetInput,
): Promise<Done<WidgetSettings>> {
  const { id, name } = input;
  return transact(async (tx) => {
    authorize(actor, 'widget.manage', { widgetId: id });
    const stored = await findWidget(tx, id);
    if (stored !== null) return { value: settingsOf(stored), events: [] };
    const widget = { id, key: newWidgetKey(), name, allowedOrigins: [], departmentId: null };
    await insertWidget(tx, widget);
    await insertEvent(tx, {
      id: newId(),
      type: 'widget.changed',
      actor: { kind: actor.kind, id: actor.id },
      subjectId: id,
      after: { name },
      isSettled: true,
    });
    return { value: settingsOf({ ...widget, look: {} }), events: [] };
  });
}

/** The sites that asked for this widget, the latest first. */
export async function listSightings(actor: AgentActor, widgetId: string): Promise<WidgetSighting[]> {
  authorize(actor, 'widget.manage', { widgetId });
  const [widget, sightings] = await read((tx) =>
    Promise.all([findWidget(tx, widgetId), listSightingRows(tx, widgetId)]),
  );
  if (widget === null) throw new RefusedError({ code: 'not_found' });
  return sightings.map((each) => ({ ...each, isAllowed: widget.allowedOrigins.includes(each.origin) }));
}

/** Changes what the input names. Origins are kept exactly as browsers send them. */
export async function saveWidget(actor: AgentActor, input: SaveWidgetInput): Promise<Done<WidgetSettings>> {
  if (input.allowedOrigins?.some((origin) => !isOrigin(origin)) === true) {
    throw new RefusedError({ code: 'invalid', field: 'allowedOrigins', reason: 'origin_invalid' });
  }
  return transact(async (tx) => {
    authorize(actor, 'widget.manage', { widgetId: input.widgetId });
    const before = await findWidget(tx, input.widgetId);
    if (before === null) throw new RefusedError({ code: 'not_found' });
    const { id } = before;
    const name = input.name ?? before.name;
    const departmentId = input.departmentId === undefined ? before.departmentId : input.departmentId;
    const allowedOrigins = [...new Set(input.allowedOrigins ?? before.allowedOrigins)];
    if (departmentId !== null && (await findDepartment(tx, departmentId)) === null) {
      throw new RefusedError({ code: 'invalid', field: 'departmentId', reason: 'department_unknown' });
    }
    const look = input.look === undefined ? before.look : { ...input.look };
    const widget = await updateWidget(tx, { id, name, departmentId, allowedOrigins, look });
    if (widget === null) throw new RefusedError({ code: 'not_found' });
    await insertEvent(tx, {
      id: newId(),
      type: 'widget.changed',
      actor: { kind: actor.kind, id: actor.id },
      subjectId: id,
      before: {
        name: before.name,
        allowedOrigins: before.allowedOrigins,
        departmentId: before.departmentId,
        look: before.look,
      },
      after: { name, allowedOrigins, departmentId, look },
      isSettled: true,
    });
    return { value: settingsOf(widget), events: [] };
  });
}

function settingsOf(widget: Widget): WidgetSettings {
  const { id, key, name, allowedOrigins, departmentId } = widget;
  return { id, key, name, allowedOrigins, departmentId, look: lookOf(widget.look) };
}

/** A new public key: it identifies, it does not authorise. */
export function newWidgetKey(): string {
  return `wk_${randomBytes(12).toString('base64url')}`;
}
