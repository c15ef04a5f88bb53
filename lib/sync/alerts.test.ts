import { expect, test } from 'vitest';
import { newId } from '#/lib/ids.ts';
import type { NotificationItem } from '#/lib/notifications/schema.ts';
import { type Alert, openAlerts } from '#/lib/sync/alerts.ts';
import type { Tabs } from '#/lib/sync/tabs.ts';
import type { TicketRow } from '#/lib/tickets/schema.ts';

const me = { id: newId() };
const startedAt = '2026-11-23T08:00:00.000Z';
const later = (minutes: number) => new Date(Date.parse(startedAt) + minutes * 60_000).toISOString();

/** One browser: what a tab posts, the others hear; the first to ask for a role has it until it closes. */
function openBrowser() {
  const listeners = new Map<string, (message: unknown) => void>();
  const queues = new Map<string, (() => void)[]>();
  function tabsOf(id: string): Tabs {
    return {
      post(message) {
        for (const [other, listener] of listeners) if (other !== id) listener(structuredClone(message));
      },
      listen(onMessage) {
        listeners.set(id, onMessage);
        return () => listeners.delete(id);
      },
      lead(role, onLead) {
        const queue = queues.get(role) ?? [];
        queues.set(role, queue);
        queue.push(onLead);
        if (queue.length === 1) onLead();
        return () => {
          const wasFirst = queue[0] === onLead;
          queue.splice(queue.indexOf(onLead), 1);
          if (wasFirst) queue[0]?.();
        };
      },
      close() {},
    };
  }
  const done: string[] = [];
  const clock = { nowMs: 0 };
  const preferences = { notifyAbout: 'mine' as 'mine' | 'all' | 'none', sound: true, desktop: true };
  function openTab(tabId: string) {
    return openAlerts({
      me,
      startedAt,
      tabId,
      tabs: tabsOf(tabId),
      preferences: () => preferences,
      now: () => clock.nowMs,
      outlets: {
        sound: () => done.push('sound'),
        show: (alert: Alert) => done.push(`show ${alert.kind} ${alert.from ?? ''}`),
        hide: () => done.push('hide'),
      },
    });
  }
  return { openTab, done, preferences, clock };
}

function makeRow(values: Partial<TicketRow> = {}): TicketRow {
  return {
    id: newId(),
    number: 1001,
    subject: 'Refund',
    status: 'open',
    priority: 'normal',
    customer: { id: newId(), name: 'Maya', email: null, isVerified: false, fields: {} },
    assignee: { id: me.id, name: 'Ana' },
    department: null,
    tags: [],
    fields: {},
    snoozedUntil: null,
    snoozedAt: null,
    snoozedBy: null,
    wokeAt: null,
    conversationId: newId(),
    lastMessage: 'Where is it?',
    lastMessageAt: later(1),
    lastSender: 'customer',
    waitingSince: later(1),
    createdAt: startedAt,
    lastActivityAt: later(1),
    head: 1,
    version: 1,
    ...values,
  };
}

test('a message that every tab hears makes one sound and one notification, and counts in every tab', () => {
  const { openTab, done } = openBrowser();
  const tabs = ['a', 'b', 'c'].map(openTab);
  for (const tab of tabs) tab.unmute();
  const row = makeRow();
  for (const tab of tabs) tab.hearRow(row);
  for (const tab of tabs) tab.hearList([{ ...row, unreadCount: 1 }]);
  expect(done).toEqual(['sound', 'show message Maya']);
  expect(tabs.map((tab) => tab.getSnapshot().waiting.has(row.id))).toEqual([true, true, true]);
});

test('a tab whose connection slept is told by another, and the next tab leads when the first is closed', () => {
  const { openTab, done } = openBrowser();
  const [first, second] = [openTab('a'), openTab('b')];
  first.unmute();
  second.unmute();
  const row = makeRow();
  second.hearRow(row);
  expect(done).toEqual(['sound', 'show message Maya']);
  expect(first.getSnapshot().waiting.has(row.id)).toBe(true);
  first.close();
  second.hearRow({ ...row, lastMessageAt: later(2), version: 2 });
  expect(done).toEqual(['sound', 'show message Maya', 'sound', 'show message Maya']);
});

test('what was read is cleared in every tab, and read elsewhere as well', () => {
  const { openTab } = openBrowser();
  const [first, second] = [openTab('a'), openTab('b')];
  const [row, other] = [makeRow(), makeRow()];
  for (const tab of [first, second]) for (const each of [row, other]) tab.hearRow(each);
  first.seen(row.id);
  expect([...second.getSnapshot().waiting]).toEqual([other.id]);
  // The list says what another device read.
  second.hearList([{ ...other, unreadCount: 0 }]);
  expect(second.getSnapshot().waiting.size).toBe(0);
});

test('nobody is alerted of the thread before their eyes, whichever tab it is in', () => {
  const { openTab, done } = openBrowser();
  const [first, second] = [openTab('a'), openTab('b')];
  first.unmute();
  const row = makeRow();
  second.watch(row.id, true);
  for (const tab of [first, second]) tab.hearRow(row);
  expect(done).toEqual([]);
  second.watch(null, false);
  for (const tab of [first, second]) tab.hearRow({ ...row, lastMessageAt: later(2), version: 2 });
  expect(done).toEqual(['sound', 'show message Maya']);
});

test('a tab that died looks at nothing any more', () => {
  const { openTab, done, clock } = openBrowser();
  const [first, second] = [openTab('a'), openTab('b')];
  first.unmute();
  const row = makeRow();
  second.watch(row.id, true);
  clock.nowMs = 60_000;
  first.hearRow(row);
  expect(done).toEqual(['sound', 'show message Maya']);
});

test('while a Parley tab has the focus there is a sound and nothing over it', () => {
  const { openTab, done } = openBrowser();
  const [first, second] = [openTab('a'), openTab('b')];
  first.unmute();
  second.watch(null, true);
  first.hearRow(makeRow());
  expect(done).toEqual(['sound']);
});

test('only what one wants to hear of alerts: mine, all or none; never a colleague’s or one’s own reply', () => {
  const { openTab, done, preferences } = openBrowser();
  const tab = openTab('a');
  tab.unmute();
  tab.hearRow(makeRow({ assignee: null }));
  tab.hearRow(makeRow({ lastSender: 'agent' }));
  expect(done).toEqual([]);
  preferences.notifyAbout = 'all';
  tab.hearRow(makeRow({ assignee: null }));
  expect(done.splice(0)).toEqual(['sound', 'show message Maya']);
  preferences.notifyAbout = 'none';
  tab.hearRow(makeRow());
  preferences.notifyAbout = 'mine';
  preferences.sound = false;
  preferences.desktop = false;
  tab.hearRow(makeRow());
  expect(done).toEqual([]);
});

test('a change that brings no new message alerts of none, nor does what was there when the page was drawn', () => {
  const { openTab, done } = openBrowser();
  const tab = openTab('a');
  tab.unmute();
  const old = makeRow({ lastMessageAt: later(-10) });
  tab.hearList([{ ...old, unreadCount: 2 }]);
  tab.hearRow({ ...old, priority: 'urgent', version: 2 });
  tab.hearRow(makeRow({ lastMessageAt: later(-5) }));
  expect(done).toEqual([]);
  expect([...tab.getSnapshot().waiting]).toEqual([old.id]);
  // What came while nothing was pushed is alerted of when the list tells it.
  tab.hearList([{ ...old, lastMessageAt: later(3), version: 5, unreadCount: 3 }]);
  expect(done).toEqual(['sound', 'show message Maya']);
});

test('a ticket that was answered or given to somebody else waits for this agent no more', () => {
  const { openTab } = openBrowser();
  const tab = openTab('a');
  const [answered, given] = [makeRow(), makeRow()];
  tab.hearRow(answered);
  tab.hearRow(given);
  tab.hearRow({ ...answered, lastSender: 'agent', lastMessageAt: later(2), version: 2 });
  tab.hearRow({ ...given, assignee: { id: newId(), name: 'Ben' }, version: 2 });
  expect(tab.getSnapshot().waiting.size).toBe(0);
});

test('a mention is alerted of once, and one’s own deed never', () => {
  const { openTab, done } = openBrowser();
  const [first, second] = [openTab('a'), openTab('b')];
  first.unmute();
  const item: NotificationItem = {
    id: newId(),
    kind: 'mention',
    ticket: { id: newId(), number: 7, subject: 'Refund' },
    conversationId: newId(),
    seq: 3,
    actor: { id: newId(), name: 'Ben' },
    at: later(1),
    readAt: null,
  };
  for (const tab of [first, second]) tab.hearNotification(item);
  first.hearNotification({ ...item, id: newId(), actor: { id: me.id, name: 'Ana' } });
  expect(done).toEqual(['sound', 'show mention Ben']);
});
