import type { Desk, Scene } from '#/components/inbox/shell/desk.ts';
import { type Bound, bindKeys } from '#/components/inbox/shell/keys.ts';
import type { Preferences } from '#/lib/agents/preferences.ts';
import type { TicketRow } from '#/lib/tickets/schema.ts';

/**
 * THE table of what an agent can do in the inbox. Keys, palette, hints beside buttons and menus, the help and the page
 * where keys are changed are all made from it.
 */

export const actionGroups = ['Ticket', 'Write', 'List', 'Go to', 'Page'] as const;
export type ActionGroup = (typeof actionGroups)[number];

type Definition<Id extends string> = {
  id: Id;
  /** What it does, as a button would say it. */
  words: string;
  group: ActionGroup;
  /** The usual keys; null for none. See `shell/keys.ts` for how they are written. */
  keys: string | null;
  /** Further keys that do the same and cannot be changed. */
  also?: readonly string[];
  /** Whether it makes sense here. The palette leaves out what does not; its key does nothing. */
  when?(scene: Scene): boolean;
  /** False: there was nothing to do after all. */
  run(desk: Desk, scene: Scene): boolean;
  /** Its keys count in text fields as well. */
  inFields?: true;
  /** Its end is a field to type into, which may come a moment later. */
  opensField?: true;
  /** A key that is held down goes on doing it. */
  repeats?: true;
  /** Only its key does it: it is about where the focus is. */
  isKeyOnly?: true;
  /** Its keys are part of how pages work everywhere. */
  isFixed?: true;
};

const hasTarget = (scene: Scene) => scene.target.count > 0;
const isOpen = (scene: Scene) => scene.open !== null;
const isDone = (row: TicketRow) => row.status === 'resolved' || row.status === 'closed';
/** Of tickets that are not loaded nothing is known, so it may be asked of them. */
const some = (is: (row: TicketRow) => boolean) => (scene: Scene) =>
  scene.target.count > scene.target.rows.length || scene.target.rows.some(is);

function define<const Id extends string>(table: readonly Definition<Id>[]): readonly Definition<Id>[] {
  return table;
}

const table = define([
  {
    id: 'reply',
    words: 'Reply',
    group: 'Write',
    keys: 'r',
    when: hasTarget,
    run: (desk, { target }) => desk.compose('reply', target),
    opensField: true,
  },
  {
    id: 'note',
    words: 'Write a note',
    group: 'Write',
    keys: 'n',
    when: hasTarget,
    run: (desk, { target }) => desk.compose('note', target),
    opensField: true,
  },
  // The composer sends by itself; these two tell the help which keys do.
  {
    id: 'send',
    words: 'Send what you wrote',
    group: 'Write',
    keys: 'mod+Enter',
    run: () => false,
    inFields: true,
    isKeyOnly: true,
    isFixed: true,
  },
  {
    id: 'sendResolve',
    words: 'Send and resolve',
    group: 'Write',
    keys: 'mod+shift+Enter',
    run: () => false,
    inFields: true,
    isKeyOnly: true,
    isFixed: true,
  },
  {
    id: 'savedReply',
    words: 'Insert a saved reply',
    group: 'Write',
    keys: 'm',
    when: hasTarget,
    run: (desk, { target }) => desk.choose('savedReply', target),
    opensField: true,
  },
  {
    id: 'resolve',
    words: 'Resolve',
    group: 'Ticket',
    keys: 'e',
    when: some((row) => !isDone(row)),
    run: (desk, { target }) => desk.change(target, { field: 'status', to: 'resolved' }),
  },
  {
    id: 'resolveNext',
    words: 'Resolve and go to the next',
    group: 'Ticket',
    keys: 'shift+e',
    when: some((row) => !isDone(row)),
    run: (desk, { target }) => desk.resolveNext(target),
  },
  {
    id: 'reopen',
    words: 'Reopen',
    group: 'Ticket',
    keys: 'o',
    when: some((row) => row.status !== 'open'),
    run: (desk, { target }) => desk.change(target, { field: 'status', to: 'open' }),
  },
  {
    id: 'wait',
    words: 'Wait for the customer',
    group: 'Ticket',
    keys: null,
    when: some((row) => row.status !== 'pending'),
    run: (desk, { target }) => desk.change(target, { field: 'status', to: 'pending' }),
  },
  {
    id: 'snooze',
    words: 'Snooze…',
    group: 'Ticket',
    keys: 'z',
    when: hasTarget,
    run: (desk, { target }) => desk.choose('snooze', target),
  },
  {
    id: 'wake',
    words: 'Wake from snooze',
    group: 'Ticket',
    keys: null,
    when: some((row) => row.status === 'snoozed'),
    run: (desk, { target }) => desk.change(target, { field: 'snooze', until: null }),
  },
  {
    id: 'assign',
    words: 'Assign to…',
    group: 'Ticket',
    keys: 'a',
    when: hasTarget,
    run: (desk, { target }) => desk.choose('assignee', target),
  },
  {
    id: 'assignToMe',
    words: 'Assign to me',
    group: 'Ticket',
    keys: 'i',
    when: (scene) => some((row) => row.assignee?.id !== scene.me.id)(scene),
    run: (desk, { target, me }) => desk.change(target, { field: 'assignee', to: me.id }),
  },
  {
    id: 'unassign',
    words: 'Unassign',
    group: 'Ticket',
    keys: null,
    when: some((row) => row.assignee !== null),
    run: (desk, { target }) => desk.change(target, { field: 'assignee', to: null }),
  },
  {
    id: 'priority',
    words: 'Priority…',
    group: 'Ticket',
    keys: 'p',
    when: hasTarget,
    run: (desk, { target }) => desk.choose('priority', target),
  },
  {
    id: 'tag',
    words: 'Tag…',
    group: 'Ticket',
    keys: 'l',
    when: hasTarget,
    run: (desk, { target }) => desk.choose('tags', target),
    opensField: true,
  },
  {
    id: 'department',
    words: 'Move to department…',
    group: 'Ticket',
    keys: null,
    when: hasTarget,
    run: (desk, { target }) => desk.choose('department', target),
  },
  {
    id: 'markUnread',
    words: 'Mark as unread',
    group: 'Ticket',
    keys: 'shift+u',
    when: hasTarget,
    run: (desk, { target }) => desk.markUnread(target),
  },
  {
    id: 'merge',
    words: 'Merge with another ticket…',
    group: 'Ticket',
    keys: null,
    when: (scene) => isOpen(scene) && !scene.target.isSelection,
    run: (desk, { target }) => desk.merge(target),
  },
  {
    id: 'copyNumber',
    words: 'Copy the ticket’s number',
    group: 'Ticket',
    keys: null,
    when: (scene) => scene.target.rows.length === 1,
    run: (desk, { target }) => desk.copy('number', target),
  },
  {
    id: 'copyTitle',
    words: 'Copy the ticket’s title',
    group: 'Ticket',
    keys: null,
    when: (scene) => scene.target.rows.length === 1,
    run: (desk, { target }) => desk.copy('title', target),
  },
  {
    id: 'copyLink',
    words: 'Copy a link for colleagues',
    group: 'Ticket',
    keys: null,
    when: (scene) => scene.target.rows.length === 1,
    run: (desk, { target }) => desk.copy('link', target),
  },
  {
    id: 'shareLink',
    words: 'Copy a status link for the customer',
    group: 'Ticket',
    keys: null,
    when: (scene) => scene.target.rows.length === 1,
    run: (desk, { target }) => desk.shareLink(target),
  },
  {
    id: 'revokeLinks',
    words: 'Switch off all status links',
    group: 'Ticket',
    keys: null,
    when: (scene) => scene.target.rows.length === 1,
    run: (desk, { target }) => desk.revokeLinks(target),
  },
  {
    id: 'editCustomer',
    words: 'Change the customer’s details',
    group: 'Ticket',
    keys: null,
    when: isOpen,
    run: (desk) => desk.editCustomer(),
  },
  {
    id: 'blockCustomer',
    words: 'Block or unblock the customer',
    group: 'Ticket',
    keys: null,
    when: isOpen,
    run: (desk) => desk.blockCustomer(),
  },
  {
    id: 'next',
    words: 'Move down',
    group: 'List',
    keys: 'j',
    also: ['ArrowDown'],
    run: (desk) => desk.moveCursor(1),
    repeats: true,
    isKeyOnly: true,
  },
  {
    id: 'previous',
    words: 'Move up',
    group: 'List',
    keys: 'k',
    also: ['ArrowUp'],
    run: (desk) => desk.moveCursor(-1),
    repeats: true,
    isKeyOnly: true,
  },
  {
    id: 'open',
    words: 'Open the ticket',
    group: 'List',
    keys: 'Enter',
    run: (desk) => desk.openCursor(),
    isKeyOnly: true,
    isFixed: true,
  },
  {
    id: 'back',
    words: 'Back to the list',
    group: 'List',
    keys: 'u',
    also: ['Escape'],
    run: (desk) => desk.goBack(),
    inFields: true,
    isKeyOnly: true,
  },
  {
    id: 'select',
    words: 'Select',
    group: 'List',
    keys: 'x',
    run: (desk) => desk.select(),
    isKeyOnly: true,
  },
  {
    id: 'selectAll',
    words: 'Select every ticket of the list',
    group: 'List',
    keys: null,
    run: (desk) => desk.selectAll(),
  },
  {
    id: 'search',
    words: 'Search',
    group: 'List',
    keys: '/',
    run: (desk) => desk.search(),
    opensField: true,
  },
  { id: 'filter', words: 'Filter the list…', group: 'List', keys: null, run: (desk) => desk.filter() },
  {
    id: 'saveView',
    words: 'Save this list as a view…',
    group: 'List',
    keys: null,
    run: (desk) => desk.saveView(),
  },
  {
    id: 'sortWaiting',
    words: 'Sort by longest waiting',
    group: 'List',
    keys: null,
    when: ({ place }) => place.sort !== 'waiting',
    run: (desk) => desk.sort('waiting'),
  },
  {
    id: 'sortNewest',
    words: 'Sort by newest activity',
    group: 'List',
    keys: null,
    when: ({ place }) => place.sort !== 'newest',
    run: (desk) => desk.sort('newest'),
  },
  {
    id: 'sortPriority',
    words: 'Sort by priority',
    group: 'List',
    keys: null,
    when: ({ place }) => place.sort !== 'priority',
    run: (desk) => desk.sort('priority'),
  },
  {
    id: 'density',
    words: 'Change the list’s density',
    group: 'List',
    keys: null,
    run: (desk) => desk.toggleDensity(),
  },
  {
    id: 'mine',
    words: 'Mine',
    group: 'Go to',
    keys: 'g+m',
    run: (desk) => desk.go({ view: 'mine', ticketId: null }),
  },
  {
    id: 'unassigned',
    words: 'Unassigned',
    group: 'Go to',
    keys: 'g+u',
    run: (desk) => desk.go({ view: 'unassigned', ticketId: null }),
  },
  {
    id: 'departments',
    words: 'Department…',
    group: 'Go to',
    keys: 'g+d',
    run: (desk) => desk.departments(),
  },
  {
    id: 'all',
    words: 'All',
    group: 'Go to',
    keys: 'g+a',
    run: (desk) => desk.go({ view: 'all', ticketId: null }),
  },
  {
    id: 'snoozed',
    words: 'Snoozed',
    group: 'Go to',
    keys: 'g+s',
    run: (desk) => desk.go({ view: 'snoozed', ticketId: null }),
  },
  {
    id: 'resolved',
    words: 'Resolved',
    group: 'Go to',
    keys: null,
    run: (desk) => desk.go({ view: 'resolved', ticketId: null }),
  },
  {
    id: 'notifications',
    words: 'Notifications',
    group: 'Go to',
    keys: 'g+n',
    run: (desk) => desk.openNotifications(),
  },
  {
    id: 'settings',
    words: 'Settings',
    group: 'Go to',
    keys: null,
    run: (desk) => desk.leaveTo('/settings'),
  },
  {
    id: 'profile',
    words: 'Profile, preferences and keys',
    group: 'Go to',
    keys: null,
    run: (desk) => desk.leaveTo('/settings/profile'),
  },
  {
    id: 'palette',
    words: 'Run anything',
    group: 'Page',
    keys: 'mod+k',
    run: (desk) => desk.togglePalette(),
    inFields: true,
    isKeyOnly: true,
    opensField: true,
  },
  {
    id: 'undo',
    words: 'Undo',
    group: 'Page',
    keys: 'mod+z',
    when: (scene) => scene.canUndo,
    run: (desk) => desk.undo(),
    isFixed: true,
  },
  {
    id: 'panel',
    words: 'Show or hide the customer panel',
    group: 'Page',
    keys: '.',
    when: isOpen,
    run: (desk) => desk.togglePanel(),
  },
  { id: 'help', words: 'Keyboard shortcuts', group: 'Page', keys: '?', run: (desk) => desk.openHelp() },
  { id: 'signOut', words: 'Sign out', group: 'Page', keys: null, run: (desk) => desk.signOut() },
]);

export type ActionId = (typeof table)[number]['id'];
export type Action = Definition<ActionId> & { also: readonly string[] };
export const actions: readonly Action[] = table.map((action) => ({ also: [], ...action }));

const byId = new Map(actions.map((action) => [action.id, action]));
export function actionOf(id: ActionId): Action {
  const action = byId.get(id);
  if (action === undefined) throw new Error(`no action ${id}`);
  return action;
}

export type KeyBindings = readonly Bound<ActionId>[];

/** What the keys do for somebody with these preferences. */
export function bindingsOf({ keys, singleKeys }: Pick<Preferences, 'keys' | 'singleKeys'>): KeyBindings {
  return bindKeys(actions, keys, singleKeys);
}

/** The keys to show beside an action; '' when it has none. */
export function shownKeys(bindings: KeyBindings, id: ActionId): string {
  return bindings.find((each) => each.id === id)?.keys[0] ?? '';
}
