import { createHmac } from 'node:crypto';
import { insertAgent } from '#/db/agents.ts';
import { transact } from '#/db/client.ts';
import { insertDepartment } from '#/db/departments.ts';
import { updateDepartmentRestriction } from '#/db/testing.ts';
import { findWidgetByKey, type Widget } from '#/db/widgets.ts';
import type { AgentRole } from '#/lib/agents/schema.ts';
import { startConversation } from '#/lib/conversations/service.ts';
import { newId, newToken } from '#/lib/ids.ts';
import type { AgentActor, CustomerActor } from '#/lib/permissions/actor.ts';
import type { ChangeEvent } from '#/lib/realtime/changes.ts';
import { ensureWorkspace } from '#/lib/workspace/service.ts';

/** Makes what service tests act on, through the services themselves. For tests only. */

export const testOrigin = 'http://shop.test';

export async function makeWidget(): Promise<Widget> {
  const { widgetKey } = await ensureWorkspace({ origins: [testOrigin] });
  const widget = await transact((tx) => findWidgetByKey(tx, widgetKey));
  if (widget === null) throw new Error('the workspace has no widget');
  return widget;
}

export async function makeDepartment(isRestricted: boolean): Promise<string> {
  const id = newId();
  await transact(async (tx) => {
    await insertDepartment(tx, { id, name: `Department ${id}` });
    await updateDepartmentRestriction(tx, id, isRestricted);
  });
  return id;
}

export async function makeAgent(
  role: AgentRole = 'agent',
  departmentId: string | null = null,
): Promise<AgentActor> {
  const id = newId();
  const email = `${id}@example.test`;
  await transact((tx) =>
    insertAgent(tx, { id, name: `Agent ${id.slice(-4)}`, email, role, departmentId, passwordHash: 'none' }),
  );
  return { kind: 'agent', id, role, departmentId };
}

export type Conversing = {
  customer: CustomerActor;
  token: string;
  ticketId: string;
  conversationId: string;
  /** Id of the first message. */
  firstId: string;
  events: ChangeEvent[];
};

/** A new customer with one ticket and its first message. */
export async function makeConversation(widget: Widget, text = 'Where is my order?'): Promise<Conversing> {
  const ids = { ticketId: newId(), conversationId: newId(), id: newId() };
  const token = newToken();
  const { value, events } = await startConversation(
    { kind: 'visitor', widgetId: widget.id },
    { ...ids, sessionToken: token, text, locale: 'en', timezone: 'Europe/Berlin', page: null },
  );
  const { ticketId, conversationId, id: firstId } = ids;
  const customer: CustomerActor = {
    kind: 'customer',
    id: value.customerId,
    sessionId: value.sessionId,
    widgetId: widget.id,
  };
  return { customer, token, ticketId, conversationId, firstId, events };
}

/** A token as a site's server signs it: good for some minutes, for this person of the widget's site. */
export function signToken(widgetKey: string, secret: string, claims: Record<string, unknown>): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 600;
  const body = `${encode({ alg: 'HS256' })}.${encode({ aud: widgetKey, jti: newId(), exp, ...claims })}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}
