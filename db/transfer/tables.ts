/** What records are in the tables: one list for writing them out and for taking them in. */

/** In this order each refers only to those before it. */
export const transferNouns = [
  'department',
  'agent',
  'widget',
  'tag',
  'field',
  'customer',
  'ticket',
  'conversation',
  'message',
  'participant',
  'rating',
  'file',
  'merge',
  'event',
] as const;
export type TransferNoun = (typeof transferNouns)[number];

type ColumnType =
  | 'uuid'
  | 'uuid[]'
  | 'text'
  | 'text[]'
  | 'citext'
  | 'int'
  | 'smallint'
  | 'bigint'
  | 'boolean'
  | 'timestamptz'
  | 'jsonb';

export type TransferColumn = {
  /** In the record. */
  field: string;
  column: string;
  type: ColumnType;
  /** Whose id it is. A reference that leads nowhere is refused. */
  refers?: TransferNoun;
  /** For a record that does not say it, as SQL over `x` (the record's fields) and `l` (its line). */
  otherwise?: string;
  /** As `otherwise`, and a null that is said stays null. */
  unlessSaid?: string;
  /** Written out otherwise, see `more`; made from that before the record is staged. */
  isInner?: true;
};

export type TransferTable = {
  table: string;
  columns: readonly TransferColumn[];
  /** Its ticket or conversation, by which it is taken in together with it. */
  parent?: string;
  /** The field that names it, where that is not `id`; then it does so only within its parent. */
  key?: string;
  /** By an index, so that millions come without being sorted. */
  order: string;
  /** What somebody else made meanwhile under the same name stays; of messages nothing may be lost without a word. */
  conflict?: string;
  /** More of the record, as names and SQL over the table's row `t`. */
  more?: Readonly<Record<string, string>>;
  /** Which of the table's rows `t` are records. */
  where?: string;
  /** Fields that no column holds and that the SQL here reads all the same. */
  reads?: Readonly<Record<string, ColumnType>>;
  /** Columns that no record says, as SQL. */
  fixed?: Readonly<Record<string, string>>;
};

/** Under which id somebody or something of that id is here, as SQL. A function of the same would cost ten times as much. */
export const ownId = (noun: TransferNoun, given: string): string =>
  `coalesce((select s.target from parley_import.same s where s.noun = '${noun}' and s.id = ${given}), ${given})`;

/** The first and the last entry of a ticket's or conversation's log that are taken in now. */
const firstOfTicket = `(select min(g.sent_at) from parley_import.log g join parley_import.conversations c on c.id = g.conversation_id
  where c.ticket_id = x.id)`;
const lastOfTicket = `(select max(g.sent_at) from parley_import.log g join parley_import.conversations c on c.id = g.conversation_id
  where c.ticket_id = x.id)`;
const firstOfLog = '(select min(g.sent_at) from parley_import.log g where g.conversation_id = x.id)';
const ofLog = (what: string, filter = 'true') =>
  `(select ${what} from parley_import.log g where g.conversation_id = x.id and ${filter})`;
const newestPublicReply = (what: string) =>
  ofLog(`(array_agg(g.${what} order by g.seq desc))[1]`, `g.kind = 'reply'`);
const repliesOfTicket = (what: string, filter: string) =>
  `(select ${what} from parley_import.log g join parley_import.conversations c on c.id = g.conversation_id
    where c.ticket_id = x.id and g.kind = 'reply' and ${filter})`;
const isOwnEntry = `(g.agent_id = ${ownId('agent', 'x."agentId"')}
  or g.customer_id = ${ownId('customer', 'x."customerId"')})`;
const ofReader = (what: string, filter: string) =>
  `(select ${what} from parley_import.log g where g.conversation_id = x."conversationId" and ${filter})`;
/** What they wrote was read by them, and of the other side's what says so. */
const readByLog = ofReader(
  'max(case when x."agentId" is null then g.public_seq else g.seq end)',
  `(${isOwnEntry} or (g.read and case when x."agentId" is null then g.agent_id else g.customer_id end is not null))`,
);
const firstReply = ofReader('min(g.sent_at)', `g.kind = 'reply' and ${isOwnEntry}`);
const isOver = `coalesce(x.status, 'open') in ('resolved', 'closed')`;

const id = { field: 'id', column: 'id', type: 'uuid' } as const;
const createdAt = {
  field: 'createdAt',
  column: 'created_at',
  type: 'timestamptz',
  otherwise: 'now()',
} as const;
const isExample = {
  field: 'isExample',
  column: 'is_example',
  type: 'boolean',
  otherwise: 'false',
} as const;

export const transferTables: Record<TransferNoun, TransferTable> = {
  department: {
    table: 'departments',
    order: 't.id',
    columns: [
      id,
      { field: 'name', column: 'name', type: 'text' },
      { field: 'isRestricted', column: 'is_restricted', type: 'boolean', otherwise: 'false' },
      { field: 'timezone', column: 'timezone', type: 'text', otherwise: `'UTC'` },
      { field: 'businessHours', column: 'business_hours', type: 'jsonb' },
      isExample,
      createdAt,
      { field: 'closedAt', column: 'closed_at', type: 'timestamptz' },
      { field: 'movesTo', column: 'moves_to', type: 'uuid', refers: 'department' },
    ],
  },
  agent: {
    table: 'agents',
    order: 't.id',
    reads: { isActive: 'boolean' },
    columns: [
      id,
      { field: 'name', column: 'name', type: 'text' },
      { field: 'email', column: 'email', type: 'citext' },
      { field: 'departmentId', column: 'department_id', type: 'uuid', refers: 'department' },
      { field: 'role', column: 'role', type: 'text', otherwise: `'agent'` },
      { field: 'availability', column: 'availability', type: 'text', otherwise: `'online'` },
      {
        field: 'deactivatedAt',
        column: 'deactivated_at',
        type: 'timestamptz',
        unlessSaid: 'case when not x."isActive" then now() end',
      },
      { field: 'timezone', column: 'timezone', type: 'text' },
      { field: 'preferences', column: 'preferences', type: 'jsonb', otherwise: `'{}'` },
      { field: 'handOver', column: 'hand_over', type: 'jsonb' },
      isExample,
      createdAt,
    ],
  },
  widget: {
    table: 'widgets',
    order: 't.id',
    columns: [
      id,
      { field: 'key', column: 'key', type: 'text' },
      { field: 'name', column: 'name', type: 'text' },
      { field: 'allowedOrigins', column: 'allowed_origins', type: 'text[]', otherwise: `'{}'` },
      { field: 'departmentId', column: 'department_id', type: 'uuid', refers: 'department' },
      { field: 'look', column: 'look', type: 'jsonb', otherwise: `'{}'` },
      { field: 'preChat', column: 'pre_chat', type: 'jsonb', otherwise: `'{}'` },
      { field: 'language', column: 'language', type: 'text', otherwise: `'en'` },
      { field: 'texts', column: 'texts', type: 'jsonb', otherwise: `'{}'` },
      { field: 'asksRating', column: 'asks_rating', type: 'boolean', otherwise: 'true' },
      createdAt,
    ],
  },
  tag: {
    table: 'tags',
    order: 't.id',
    columns: [
      id,
      { field: 'name', column: 'name', type: 'citext' },
      { field: 'color', column: 'color', type: 'text', otherwise: `'grey'` },
      isExample,
      createdAt,
    ],
  },
  field: {
    table: 'custom_fields',
    order: 't.id',
    columns: [
      id,
      { field: 'subject', column: 'subject', type: 'text' },
      { field: 'key', column: 'key', type: 'text' },
      { field: 'label', column: 'label', type: 'text' },
      { field: 'type', column: 'type', type: 'text' },
      { field: 'options', column: 'options', type: 'text[]', otherwise: `'{}'` },
      { field: 'defaultValue', column: 'default_value', type: 'jsonb' },
      { field: 'position', column: 'position', type: 'int', otherwise: '0' },
      createdAt,
      { field: 'archivedAt', column: 'archived_at', type: 'timestamptz' },
    ],
  },
  customer: {
    table: 'customers',
    order: 't.id',
    reads: { widgetKey: 'text' },
    columns: [
      id,
      { field: 'name', column: 'name', type: 'text' },
      { field: 'email', column: 'email', type: 'citext' },
      { field: 'phone', column: 'phone', type: 'text' },
      { field: 'externalId', column: 'external_id', type: 'text' },
      {
        field: 'identityWidgetId',
        column: 'identity_widget_id',
        type: 'uuid',
        refers: 'widget',
        unlessSaid: '(select w.id from public.widgets w where w.key = x."widgetKey")',
      },
      { field: 'verifiedAt', column: 'verified_at', type: 'timestamptz' },
      { field: 'signedKeys', column: 'signed_keys', type: 'text[]', otherwise: `'{}'` },
      { field: 'mergedInto', column: 'merged_into', type: 'uuid' },
      { field: 'locale', column: 'locale', type: 'text' },
      { field: 'timezone', column: 'timezone', type: 'text' },
      { field: 'attributes', column: 'attributes', type: 'jsonb', otherwise: `'{}'` },
      { field: 'lastPage', column: 'last_page', type: 'text' },
      { field: 'blockedAt', column: 'blocked_at', type: 'timestamptz' },
      { field: 'lastSeenAt', column: 'last_seen_at', type: 'timestamptz' },
      isExample,
      createdAt,
    ],
  },
  ticket: {
    table: 'tickets',
    order: 't.id',
    more: {
      tagIds: `(select coalesce(json_agg(g.tag_id order by g.tag_id), '[]') from public.ticket_tags g where g.ticket_id = t.id)`,
    },
    columns: [
      id,
      {
        field: 'number',
        column: 'number',
        type: 'int',
        otherwise: `nextval('public.ticket_numbers')::int`,
      },
      { field: 'subject', column: 'subject', type: 'text' },
      { field: 'description', column: 'description', type: 'text' },
      { field: 'status', column: 'status', type: 'text', otherwise: `'open'` },
      { field: 'priority', column: 'priority', type: 'text', otherwise: `'normal'` },
      { field: 'customerId', column: 'customer_id', type: 'uuid', refers: 'customer' },
      { field: 'widgetId', column: 'widget_id', type: 'uuid', refers: 'widget' },
      { field: 'departmentId', column: 'department_id', type: 'uuid', refers: 'department' },
      { field: 'assigneeId', column: 'assignee_id', type: 'uuid', refers: 'agent' },
      { field: 'snoozedUntil', column: 'snoozed_until', type: 'timestamptz' },
      { field: 'snoozedAt', column: 'snoozed_at', type: 'timestamptz' },
      { field: 'snoozedBy', column: 'snoozed_by', type: 'uuid', refers: 'agent' },
      { field: 'wokeAt', column: 'woke_at', type: 'timestamptz' },
      { field: 'fields', column: 'fields', type: 'jsonb', otherwise: `'{}'` },
      {
        field: 'waitingSince',
        column: 'waiting_since',
        type: 'timestamptz',
        unlessSaid: `case when not ${isOver} then ${repliesOfTicket(
          'min(g.sent_at)',
          `g.customer_id is not null and g.sent_at > coalesce(${repliesOfTicket('max(g.sent_at)', 'g.agent_id is not null')}, '-infinity')`,
        )} end`,
      },
      {
        field: 'firstRepliedAt',
        column: 'first_replied_at',
        type: 'timestamptz',
        unlessSaid: repliesOfTicket('min(g.sent_at)', 'g.agent_id is not null'),
      },
      {
        field: 'resolvedAt',
        column: 'resolved_at',
        type: 'timestamptz',
        unlessSaid: `case when x.status = 'resolved' then coalesce(x."lastActivityAt", ${lastOfTicket}, x."createdAt", now()) end`,
      },
      {
        field: 'lastActivityAt',
        column: 'last_activity_at',
        type: 'timestamptz',
        otherwise: `coalesce(${lastOfTicket}, x."createdAt", now())`,
      },
      { field: 'version', column: 'version', type: 'int', otherwise: '1' },
      { ...createdAt, otherwise: `coalesce(${firstOfTicket}, now())` },
    ],
  },
  conversation: {
    table: 'conversations',
    order: 't.id',
    parent: 'ticketId',
    columns: [
      id,
      { field: 'ticketId', column: 'ticket_id', type: 'uuid', refers: 'ticket' },
      // What they say was compared with the log that came.
      { field: 'head', column: 'last_seq', type: 'bigint', otherwise: `coalesce(${ofLog('max(g.seq)')}, 0)` },
      {
        field: 'publicHead',
        column: 'last_public_seq',
        type: 'bigint',
        otherwise: `coalesce(${ofLog('max(g.public_seq)')}, 0)`,
      },
      {
        field: 'lastMessage',
        column: 'last_message',
        type: 'text',
        unlessSaid: newestPublicReply('snippet'),
      },
      {
        field: 'lastMessageAt',
        column: 'last_message_at',
        type: 'timestamptz',
        unlessSaid: newestPublicReply('sent_at'),
      },
      { ...createdAt, otherwise: `coalesce(${firstOfLog}, now())` },
    ],
  },
  message: {
    table: 'messages',
    order: 't.conversation_id, t.seq',
    parent: 'conversationId',
    key: 'id',
    conflict: '(conversation_id, id)',
    more: { mentionIds: `coalesce(t.meta -> 'mentions', '[]')` },
    fixed: { is_system: 'num_nonnulls(x."customerId", x."agentId") = 0' },
    columns: [
      id,
      { field: 'conversationId', column: 'conversation_id', type: 'uuid', refers: 'conversation' },
      { field: 'kind', column: 'kind', type: 'text', otherwise: `'reply'` },
      { field: 'order', column: 'seq', type: 'bigint' },
      { field: 'publicOrder', column: 'public_seq', type: 'bigint' },
      { field: 'customerId', column: 'customer_id', type: 'uuid', refers: 'customer' },
      { field: 'agentId', column: 'agent_id', type: 'uuid', refers: 'agent' },
      { field: 'text', column: 'text', type: 'text', otherwise: `''` },
      { field: 'change', column: 'change', type: 'jsonb' },
      { field: 'meta', column: 'meta', type: 'jsonb', isInner: true },
      {
        field: 'fileCount',
        column: 'file_count',
        type: 'smallint',
        otherwise: `(select count(*) from parley_import.lines f where f.noun = 'file' and f.parent = x."conversationId"
          and (f.record ->> 'messageId')::uuid = x.id)`,
      },
      { field: 'sentAt', column: 'sent_at', type: 'timestamptz' },
    ],
  },
  participant: {
    table: 'participants',
    order: 't.id',
    parent: 'conversationId',
    reads: { readThrough: 'bigint' },
    conflict: '',
    columns: [
      id,
      { field: 'conversationId', column: 'conversation_id', type: 'uuid', refers: 'conversation' },
      { field: 'customerId', column: 'customer_id', type: 'uuid', refers: 'customer' },
      { field: 'agentId', column: 'agent_id', type: 'uuid', refers: 'agent' },
      {
        field: 'readSeq',
        column: 'read_seq',
        type: 'bigint',
        // `readThrough`, as the API says it, counts in staff's order for everybody.
        otherwise: `coalesce(case when x."agentId" is not null then x."readThrough" else (select max(m.public_seq)
          from public.messages m where m.conversation_id = x."conversationId" and m.seq <= x."readThrough") end,
          ${readByLog}, 0)`,
      },
      { field: 'readAt', column: 'read_at', type: 'timestamptz' },
      { field: 'publicReadAt', column: 'public_read_at', type: 'timestamptz', unlessSaid: 'x."readAt"' },
      { field: 'deliveredSeq', column: 'delivered_seq', type: 'bigint', otherwise: '0' },
      { field: 'joinedAt', column: 'joined_at', type: 'timestamptz', unlessSaid: firstReply },
    ],
  },
  rating: {
    table: 'ratings',
    order: 't.conversation_id, t.resolve_id',
    parent: 'conversationId',
    key: 'resolveId',
    conflict: '',
    columns: [
      { field: 'conversationId', column: 'conversation_id', type: 'uuid', refers: 'conversation' },
      { field: 'resolveId', column: 'resolve_id', type: 'uuid' },
      { field: 'score', column: 'score', type: 'smallint' },
      { field: 'comment', column: 'comment', type: 'text' },
      createdAt,
      {
        field: 'changedAt',
        column: 'changed_at',
        type: 'timestamptz',
        otherwise: 'coalesce(x."createdAt", now())',
      },
    ],
  },
  file: {
    table: 'files',
    where: `t.message_id is not null and t.state = 'stored'`,
    fixed: { state: `'stored'` },
    order: 't.id',
    parent: 'conversationId',
    columns: [
      id,
      { field: 'key', column: 'key', type: 'text' },
      { field: 'name', column: 'name', type: 'text' },
      { field: 'type', column: 'type', type: 'text' },
      { field: 'bytes', column: 'bytes', type: 'bigint' },
      { field: 'width', column: 'width', type: 'int' },
      { field: 'height', column: 'height', type: 'int' },
      { field: 'thumbnail', column: 'thumbnail', type: 'text', otherwise: `'none'` },
      { field: 'customerId', column: 'customer_id', type: 'uuid', refers: 'customer' },
      { field: 'agentId', column: 'agent_id', type: 'uuid', refers: 'agent' },
      { field: 'widgetId', column: 'widget_id', type: 'uuid', refers: 'widget' },
      { field: 'conversationId', column: 'conversation_id', type: 'uuid', refers: 'conversation' },
      { field: 'messageId', column: 'message_id', type: 'uuid' },
      { field: 'position', column: 'position', type: 'smallint' },
      createdAt,
    ],
  },
  merge: {
    table: 'ticket_merges',
    order: 't.id',
    columns: [
      id,
      { field: 'sourceId', column: 'source_id', type: 'uuid', refers: 'ticket' },
      { field: 'targetId', column: 'target_id', type: 'uuid', refers: 'ticket' },
      { field: 'conversationIds', column: 'conversation_ids', type: 'uuid[]' },
      { field: 'before', column: 'before', type: 'jsonb' },
      { field: 'mergedBy', column: 'merged_by', type: 'uuid', refers: 'agent' },
      { field: 'mergedAt', column: 'merged_at', type: 'timestamptz' },
      { field: 'undoneAt', column: 'undone_at', type: 'timestamptz' },
    ],
  },
  event: {
    table: 'events',
    order: 't.id',
    parent: 'ticketId',
    // It was told when it happened: nobody is told again, and it has no place in the feed of what happens now.
    fixed: { published_at: 'x."at"', position: '0' },
    more: { actor: `json_build_object('kind', t.actor_kind, 'id', t.actor_id)` },
    columns: [
      id,
      { field: 'type', column: 'type', type: 'text' },
      { field: 'ticketId', column: 'ticket_id', type: 'uuid', refers: 'ticket' },
      { field: 'conversationId', column: 'conversation_id', type: 'uuid' },
      { field: 'seq', column: 'seq', type: 'bigint' },
      { field: 'actorKind', column: 'actor_kind', type: 'text', isInner: true },
      { field: 'actorId', column: 'actor_id', type: 'uuid', isInner: true },
      { field: 'subjectId', column: 'subject_id', type: 'uuid' },
      { field: 'before', column: 'before', type: 'jsonb' },
      { field: 'after', column: 'after', type: 'jsonb' },
      { field: 'at', column: 'created_at', type: 'timestamptz' },
    ],
  },
};
