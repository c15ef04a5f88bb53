import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  customType,
  foreignKey,
  index,
  integer,
  jsonb,
  pgSequence,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { agentAvailabilities, agentRoles, robotRoles } from '#/lib/agents/schema.ts';
import { deliveryStates, disabledReasons } from '#/lib/api/records/webhooks.ts';
import { bulkItemStates, bulkStates } from '#/lib/bulk/schema.ts';
import { fieldSubjects, fieldTypes } from '#/lib/custom-fields/schema.ts';
import { draftModes } from '#/lib/drafts/schema.ts';
import { type Change, type MessageMeta, messageKinds } from '#/lib/messages/schema.ts';
import { notificationKinds } from '#/lib/notifications/schema.ts';
import { tagColors } from '#/lib/tags/schema.ts';
import { type Language, languages } from '#/lib/texts/languages.ts';
import { ticketPriorities, ticketStatuses } from '#/lib/tickets/schema.ts';

export const instanceKinds = ['app', 'worker'] as const;
const accountRoles = [...agentRoles, ...robotRoles] as const;

const citext = customType<{ data: string }>({ dataType: () => 'citext' });
const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });
const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });
const isOneOf = (column: AnyPgColumn, values: readonly string[]) =>
  sql`${column} in (${sql.raw(values.map((value) => `'${value}'`).join(', '))})`;

/** One row: the company that runs this Parley. */
export const workspace = pgTable(
  'workspace',
  {
    id: integer('id').primaryKey().default(1),
    name: text('name').notNull(),
    /** A customer's reply reopens a resolved ticket within this many hours; later it starts a follow-up. */
    reopeningHours: integer('reopening_hours').notNull().default(168),
    /** Changes when a backup is restored, so that clients drop what they hold. */
    epoch: uuid('epoch').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [check('workspace_is_one_row', sql`${table.id} = 1`)],
);

export const departments = pgTable(
  'departments',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    isRestricted: boolean('is_restricted').notNull().default(false),
    timezone: text('timezone').notNull().default('UTC'),
    /** `[{ day: 1..7, opens: "09:00", closes: "17:00" }]`, ISO weekdays; null is always open. */
    businessHours: jsonb('business_hours').$type<{ day: number; opens: string; closes: string }[]>(),
    isExample: boolean('is_example').notNull().default(false),
    createdAt: moment('created_at').notNull().defaultNow(),
    /** Being taken away: nobody is offered it, and its tickets are on their way to `movesTo` (null: to none). */
    closedAt: moment('closed_at'),
    movesTo: uuid('moves_to').references((): AnyPgColumn => departments.id, { onDelete: 'set null' }),
  },
  (table) => [uniqueIndex('departments_name_unique').on(table.name).where(sql`${table.closedAt} is null`)],
);

export const agents = pgTable(
  'agents',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    email: citext('email').notNull(),
    departmentId: uuid('department_id').references(() => departments.id, { onDelete: 'set null' }),
    role: text('role', { enum: accountRoles }).notNull().default('agent'),
    /** argon2id; null for an example agent and for an api key, who cannot sign in. */
    passwordHash: text('password_hash'),
    availability: text('availability', { enum: agentAvailabilities }).notNull().default('online'),
    deactivatedAt: moment('deactivated_at'),
    /** Grows when password, role or activity changes: every session made before ends. */
    sessionVersion: integer('session_version').notNull().default(1),
    /** IANA name; null follows the browser. */
    timezone: text('timezone'),
    /** Notifications, keys, the send's hold: see `lib/agents/preferences.ts`. Anything missing has its usual value. */
    preferences: jsonb('preferences').$type<Record<string, unknown>>().notNull().default({}),
    /** A `HandOverTarget`: where the open tickets of a switched-off account go; null is to nobody. */
    handOver: jsonb('hand_over').$type<Record<string, unknown>>(),
    isExample: boolean('is_example').notNull().default(false),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    unique('agents_email_unique').on(table.email),
    index('agents_department_idx').on(table.departmentId),
    check('agents_role_check', isOneOf(table.role, accountRoles)),
    check('agents_robot_check', sql`${isOneOf(table.role, agentRoles)} or ${table.passwordHash} is null`),
    check('agents_availability_check', isOneOf(table.availability, agentAvailabilities)),
  ],
);

/** What an agent's customers see beside the name: small, and drawn by us. Its id changes with it, so it is kept for good. */
export const agentPictures = pgTable(
  'agent_pictures',
  {
    agentId: uuid('agent_id')
      .primaryKey()
      .references(() => agents.id, { onDelete: 'cascade' }),
    id: uuid('id').notNull(),
    picture: bytea('picture').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    unique('agent_pictures_id_unique').on(table.id),
    check('agent_pictures_size_check', sql`octet_length(${table.picture}) between 1 and 65536`),
  ],
);

/** One per site that embeds the widget. */
export const widgets = pgTable(
  'widgets',
  {
    id: uuid('id').primaryKey(),
    key: text('key').notNull(),
    name: text('name').notNull(),
    /** Exact origins (`https://shop.example`) whose pages may embed it; empty is none. */
    allowedOrigins: text('allowed_origins').array().notNull().default(sql`'{}'`),
    departmentId: uuid('department_id').references(() => departments.id, { onDelete: 'set null' }),
    /** Colour, theme and place; see `lib/widgets/schema.ts`. */
    look: jsonb('look').$type<Record<string, unknown>>().notNull().default({}),
    /** What is asked before a first message; see `lib/pre-chat/schema.ts`. */
    preChat: jsonb('pre_chat').$type<Record<string, unknown>>().notNull().default({}),
    /** What it speaks where nobody asks for a language that it has. */
    language: text('language').$type<Language>().notNull().default('en'),
    /** The site's own texts, by language and key; see `lib/texts/schema.ts`. */
    texts: jsonb('texts').$type<Record<string, unknown>>().notNull().default({}),
    asksRating: boolean('asks_rating').notNull().default(true),
    /** Of former builds, which wrote one for each widget; secrets are in `widget_secrets`. */
    identitySecret: text('identity_secret'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    unique('widgets_key_unique').on(table.key),
    check('widgets_language_check', isOneOf(table.language, languages)),
  ],
);

/** On which sites a widget's configuration was asked for, allowed ones or not: whether it is installed. */
export const widgetSightings = pgTable(
  'widget_sightings',
  {
    widgetId: uuid('widget_id')
      .notNull()
      .references(() => widgets.id, { onDelete: 'cascade' }),
    origin: text('origin').notNull(),
    firstSeenAt: moment('first_seen_at').notNull().defaultNow(),
    lastSeenAt: moment('last_seen_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ name: 'widget_sightings_pkey', columns: [table.widgetId, table.origin] })],
);

export const customers = pgTable(
  'customers',
  {
    id: uuid('id').primaryKey(),
    name: text('name'),
    /** A label that the customer typed; it identifies nobody, so it is not unique. */
    email: citext('email'),
    phone: text('phone'),
    /** The site's own id of a verified person, and the widget of that site: ids of two sites name two people. */
    externalId: text('external_id'),
    identityWidgetId: uuid('identity_widget_id').references(() => widgets.id, { onDelete: 'set null' }),
    verifiedAt: moment('verified_at'),
    /** What the site signed: keys of `attributes`, and `name`, `email`, `phone`. No page says otherwise. */
    signedKeys: text('signed_keys').array().notNull().default(sql`'{}'`),
    /** The person whom this visitor turned out to be; everything of theirs went there. */
    mergedInto: uuid('merged_into'),
    locale: text('locale'),
    timezone: text('timezone'),
    attributes: jsonb('attributes').$type<Record<string, unknown>>().notNull().default({}),
    lastPage: text('last_page'),
    blockedAt: moment('blocked_at'),
    lastSeenAt: moment('last_seen_at'),
    isExample: boolean('is_example').notNull().default(false),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('customers_identity_unique')
      .on(table.identityWidgetId, table.externalId)
      .where(sql`${table.externalId} is not null`),
    index('customers_email_idx').on(table.email),
    index('customers_created_idx').on(table.createdAt, table.id),
    index('customers_external_idx').on(table.externalId).where(sql`${table.externalId} is not null`),
    index('customers_phone_idx').on(table.phone).where(sql`${table.phone} is not null`),
    index('customers_attributes_idx').using('gin', sql`${table.attributes} jsonb_path_ops`),
    check('customers_phone_is_e164', sql`${table.phone} is null or ${table.phone} ~ '^\\+[1-9][0-9]{6,14}$'`),
  ],
);

/** Secrets that a site signs identity tokens with: two live ones at most. Revoked ones only explain a refusal. */
export const widgetSecrets = pgTable(
  'widget_secrets',
  {
    id: uuid('id').primaryKey(),
    widgetId: uuid('widget_id')
      .notNull()
      .references(() => widgets.id, { onDelete: 'cascade' }),
    secret: text('secret').notNull(),
    createdBy: uuid('created_by').references(() => agents.id, { onDelete: 'set null' }),
    createdAt: moment('created_at').notNull().defaultNow(),
    lastUsedAt: moment('last_used_at'),
    revokedAt: moment('revoked_at'),
  },
  (table) => [index('widget_secrets_widget_idx').on(table.widgetId, table.createdAt)],
);

/** Identity tokens that were used, until they expire: each signs in once. */
export const identityTokens = pgTable(
  'identity_tokens',
  {
    widgetId: uuid('widget_id')
      .notNull()
      .references(() => widgets.id, { onDelete: 'cascade' }),
    /** SHA-256 of its `jti`, hex. */
    jtiHash: text('jti_hash').notNull(),
    customerId: uuid('customer_id')
      .notNull()
      .references(() => customers.id, { onDelete: 'cascade' }),
    /** The session that it opened, or kept. */
    sessionId: uuid('session_id').notNull(),
    usedAt: moment('used_at').notNull().defaultNow(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'identity_tokens_pkey', columns: [table.widgetId, table.jtiHash] }),
    index('identity_tokens_expiry_idx').on(table.expiresAt),
    index('identity_tokens_customer_idx').on(table.customerId),
  ],
);

/** What a site's page said that its customer did (`Parley('track', …)`); the newest hundred of each. */
export const customerActions = pgTable(
  'customer_actions',
  {
    id: uuid('id').primaryKey(),
    customerId: uuid('customer_id')
      .notNull()
      .references(() => customers.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    details: jsonb('details').$type<Record<string, unknown>>().notNull().default({}),
    page: text('page'),
    at: moment('at').notNull().defaultNow(),
  },
  (table) => [index('customer_actions_customer_idx').on(table.customerId, table.at.desc(), table.id.desc())],
);

export const customerSessions = pgTable(
  'customer_sessions',
  {
    id: uuid('id').primaryKey(),
    /** SHA-256 of the token, hex. */
    tokenHash: text('token_hash').notNull(),
    customerId: uuid('customer_id')
      .notNull()
      .references(() => customers.id, { onDelete: 'cascade' }),
    widgetId: uuid('widget_id')
      .notNull()
      .references(() => widgets.id, { onDelete: 'cascade' }),
    createdAt: moment('created_at').notNull().defaultNow(),
    expiresAt: moment('expires_at').notNull(),
    revokedAt: moment('revoked_at'),
  },
  (table) => [
    unique('customer_sessions_token_hash_unique').on(table.tokenHash),
    index('customer_sessions_customer_idx').on(table.customerId),
  ],
);

export const ticketNumbers = pgSequence('ticket_numbers', { startWith: 1001 });

export const tickets = pgTable(
  'tickets',
  {
    id: uuid('id').primaryKey(),
    number: integer('number').notNull().default(sql`nextval('ticket_numbers')`),
    subject: text('subject').notNull(),
    description: text('description'),
    status: text('status', { enum: ticketStatuses }).notNull().default('open'),
    priority: text('priority', { enum: ticketPriorities }).notNull().default('normal'),
    /** The priority's rank, for sorting: 0 low to 3 urgent. */
    priorityRank: smallint('priority_rank')
      .notNull()
      .generatedAlwaysAs(
        sql.raw(
          `case priority ${ticketPriorities.map((name, rank) => `when '${name}' then ${rank}`).join(' ')} end`,
        ),
      ),
    customerId: uuid('customer_id')
      .notNull()
      .references(() => customers.id, { onDelete: 'cascade' }),
    widgetId: uuid('widget_id').references(() => widgets.id, { onDelete: 'set null' }),
    departmentId: uuid('department_id').references(() => departments.id, { onDelete: 'set null' }),
    assigneeId: uuid('assignee_id').references(() => agents.id, { onDelete: 'set null' }),
    snoozedUntil: moment('snoozed_until'),
    snoozedAt: moment('snoozed_at'),
    snoozedBy: uuid('snoozed_by').references(() => agents.id, { onDelete: 'set null' }),
    /** When a snooze ended that nobody has answered since: it stands at the top until an agent acts. */
    wokeAt: moment('woke_at'),
    /** Values of the ticket's custom fields, by key. */
    fields: jsonb('fields').$type<Record<string, string | number | boolean>>().notNull().default({}),
    waitingSince: moment('waiting_since'),
    firstRepliedAt: moment('first_replied_at'),
    resolvedAt: moment('resolved_at'),
    lastActivityAt: moment('last_activity_at').notNull().defaultNow(),
    version: integer('version').notNull().default(1),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    unique('tickets_number_unique').on(table.number),
    index('tickets_customer_idx').on(table.customerId, table.id),
    index('tickets_activity_idx').on(table.status, table.lastActivityAt.desc(), table.id.desc()),
    index('tickets_waiting_idx').on(table.status, table.waitingSince, table.id),
    index('tickets_assignee_idx').on(table.assigneeId, table.status, table.lastActivityAt.desc()),
    index('tickets_department_idx').on(table.departmentId, table.status),
    index('tickets_unassigned_idx')
      .on(table.status, table.lastActivityAt.desc())
      .where(sql`${table.assigneeId} is null`),
    index('tickets_priority_idx').on(table.status, table.priorityRank, table.waitingSince, table.id),
    index('tickets_woke_idx')
      .on(table.status, table.wokeAt, table.id)
      .where(sql`${table.wokeAt} is not null`),
    index('tickets_snoozed_idx').on(table.snoozedUntil).where(sql`${table.status} = 'snoozed'`),
    index('tickets_created_idx').on(table.createdAt),
    index('tickets_reply_times_idx')
      .on(
        table.widgetId,
        sql`(extract(hour from ${table.createdAt} at time zone 'UTC'))`,
        table.createdAt.desc(),
      )
      .where(sql`${table.firstRepliedAt} is not null`),
    index('tickets_fields_idx').using('gin', sql`${table.fields} jsonb_path_ops`),
    // What the views count, without reading the many that ended.
    index('tickets_live_idx')
      .on(table.assigneeId, table.departmentId)
      .where(sql`${table.status} in ('open', 'pending')`),
    check('tickets_status_check', isOneOf(table.status, ticketStatuses)),
    check('tickets_priority_check', isOneOf(table.priority, ticketPriorities)),
  ],
);

export const conversations = pgTable(
  'conversations',
  {
    id: uuid('id').primaryKey(),
    ticketId: uuid('ticket_id')
      .notNull()
      .references(() => tickets.id, { onDelete: 'cascade' }),
    lastSeq: bigint('last_seq', { mode: 'number' }).notNull().default(0),
    lastPublicSeq: bigint('last_public_seq', { mode: 'number' }).notNull().default(0),
    /** Snippet of the newest public message. */
    lastMessage: text('last_message'),
    lastMessageAt: moment('last_message_at'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('conversations_ticket_idx').on(table.ticketId),
    index('conversations_created_idx').on(table.createdAt, table.id),
  ],
);

export const participants = pgTable(
  'participants',
  {
    id: uuid('id').primaryKey(),
    conversationId: uuid('conversation_id')
      .notNull()
      .references(() => conversations.id, { onDelete: 'cascade' }),
    customerId: uuid('customer_id').references(() => customers.id, { onDelete: 'cascade' }),
    agentId: uuid('agent_id').references(() => agents.id, { onDelete: 'cascade' }),
    /** In the reader's own order: `public_seq` for the customer, `seq` for agents. */
    readSeq: bigint('read_seq', { mode: 'number' }).notNull().default(0),
    readAt: moment('read_at'),
    /** When an agent's mark last passed something public: what the customer may know of `read_at`. */
    publicReadAt: moment('public_read_at'),
    deliveredSeq: bigint('delivered_seq', { mode: 'number' }).notNull().default(0),
    /** Null until the first reply: someone who only looked has not joined. */
    joinedAt: moment('joined_at'),
  },
  (table) => [
    unique('participants_customer_unique').on(table.conversationId, table.customerId),
    unique('participants_agent_unique').on(table.conversationId, table.agentId),
    check('participants_one_kind', sql`num_nonnulls(${table.customerId}, ${table.agentId}) = 1`),
  ],
);

export const messages = pgTable(
  'messages',
  {
    conversationId: uuid('conversation_id')
      .notNull()
      .references(() => conversations.id, { onDelete: 'cascade' }),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    /** Null for what only staff may see. */
    publicSeq: bigint('public_seq', { mode: 'number' }),
    /** Made by the client: the idempotency key. */
    id: uuid('id').notNull(),
    kind: text('kind', { enum: messageKinds }).notNull(),
    customerId: uuid('customer_id').references(() => customers.id, { onDelete: 'cascade' }),
    agentId: uuid('agent_id').references(() => agents.id, { onDelete: 'restrict' }),
    isSystem: boolean('is_system').notNull().default(false),
    text: text('text').notNull().default(''),
    /** What an `event` entry says. */
    change: jsonb('change').$type<Change>(),
    /** Staff's own additions, such as who is mentioned; never for customers. */
    meta: jsonb('meta').$type<MessageMeta>(),
    /** How many files hang on it: of most messages none, and nothing is looked up for those. */
    fileCount: smallint('file_count').notNull().default(0),
    sentAt: moment('sent_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ name: 'messages_pkey', columns: [table.conversationId, table.seq] }),
    unique('messages_id_unique').on(table.conversationId, table.id),
    unique('messages_public_seq_unique').on(table.conversationId, table.publicSeq),
    check(
      'messages_one_sender',
      sql`num_nonnulls(${table.customerId}, ${table.agentId}) + ${table.isSystem}::int = 1`,
    ),
    check('messages_kind_check', isOneOf(table.kind, messageKinds)),
    check(
      'messages_note_is_staff_only',
      sql`${table.kind} <> 'note' or (${table.publicSeq} is null and ${table.agentId} is not null)`,
    ),
    check('messages_reply_is_public', sql`${table.kind} <> 'reply' or ${table.publicSeq} is not null`),
    check('messages_event_has_change', sql`(${table.kind} = 'event') = (${table.change} is not null)`),
    check(
      'messages_seq_positive',
      sql`${table.seq} > 0 and (${table.publicSeq} is null or ${table.publicSeq} between 1 and ${table.seq})`,
    ),
  ],
);

/** What a customer thought of how it went: one for each time that it was resolved. */
export const ratings = pgTable(
  'ratings',
  {
    conversationId: uuid('conversation_id').notNull(),
    /** The entry of the log that says it was resolved. */
    resolveId: uuid('resolve_id').notNull(),
    /** 1 is terrible, 5 is great. */
    score: smallint('score').notNull(),
    comment: text('comment'),
    createdAt: moment('created_at').notNull().defaultNow(),
    changedAt: moment('changed_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ name: 'ratings_pkey', columns: [table.conversationId, table.resolveId] }),
    foreignKey({
      name: 'ratings_resolve_fk',
      columns: [table.conversationId, table.resolveId],
      foreignColumns: [messages.conversationId, messages.id],
    }).onDelete('cascade'),
    check('ratings_score_check', sql`${table.score} between 1 and 5`),
    check('ratings_comment_check', sql`char_length(${table.comment}) between 1 and 1000`),
  ],
);

const fileStates = ['arriving', 'stored'] as const;
const thumbnailStates = ['none', 'waiting', 'ready', 'failed'] as const;
/** Files of messages, and those that are uploaded for one; whose they are see the migration's policies. */
export const files = pgTable(
  'files',
  {
    id: uuid('id').primaryKey(),
    /** Where its bytes are; its thumbnail's key is derived from it. */
    key: text('key').notNull(),
    name: text('name').notNull(),
    type: text('type').notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    width: integer('width'),
    height: integer('height'),
    state: text('state', { enum: fileStates }).notNull().default('arriving'),
    thumbnail: text('thumbnail', { enum: thumbnailStates }).notNull().default('none'),
    /** Whose it is; nobody's once they are gone. */
    customerId: uuid('customer_id').references(() => customers.id, { onDelete: 'set null' }),
    agentId: uuid('agent_id').references(() => agents.id, { onDelete: 'set null' }),
    /** SHA-256 of the session token that a visitor will have once they send their first message. */
    visitorHash: text('visitor_hash'),
    widgetId: uuid('widget_id').references(() => widgets.id, { onDelete: 'set null' }),
    conversationId: uuid('conversation_id'),
    messageId: uuid('message_id'),
    position: smallint('position'),
    createdAt: moment('created_at').notNull().defaultNow(),
    /** Taken back by its sender, or its message went: to be collected. */
    releasedAt: moment('released_at'),
    /** When its thumbnail was last tried. */
    triedAt: moment('tried_at'),
    tries: smallint('tries').notNull().default(0),
  },
  (table) => [
    unique('files_key_unique').on(table.key),
    foreignKey({
      name: 'files_message_fk',
      columns: [table.conversationId, table.messageId],
      foreignColumns: [messages.conversationId, messages.id],
    }).onDelete('set null'),
    uniqueIndex('files_message_unique')
      .on(table.conversationId, table.messageId, table.position)
      .where(sql`${table.messageId} is not null`),
    index('files_customer_idx').on(table.customerId),
    index('files_visitor_idx').on(table.visitorHash).where(sql`${table.visitorHash} is not null`),
    index('files_agent_idx').on(table.agentId),
    index('files_widget_idx').on(table.widgetId, table.createdAt),
    index('files_loose_idx').on(table.createdAt).where(sql`${table.messageId} is null`),
    index('files_thumbnail_idx').on(table.triedAt, table.id).where(sql`${table.thumbnail} = 'waiting'`),
    check('files_state_check', isOneOf(table.state, fileStates)),
    check('files_thumbnail_check', isOneOf(table.thumbnail, thumbnailStates)),
    check(
      'files_one_sender',
      sql`num_nonnulls(${table.customerId}, ${table.agentId}, ${table.visitorHash}) <= 1`,
    ),
    check('files_whole_message', sql`num_nonnulls(${table.conversationId}, ${table.messageId}) in (0, 2)`),
    check('files_bytes_positive', sql`${table.bytes} > 0`),
  ],
);

const typistKinds = ['customer', 'agent'] as const;
/** UNLOGGED (see the migration): worth nothing after a crash. */
export const typingStatus = pgTable(
  'typing_status',
  {
    conversationId: uuid('conversation_id').notNull(),
    /** The customer's or agent's id. */
    senderId: uuid('sender_id').notNull(),
    senderKind: text('sender_kind', { enum: typistKinds }).notNull(),
    isTyping: boolean('is_typing').notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'typing_status_pkey', columns: [table.conversationId, table.senderId] }),
    check('typing_status_sender_kind_check', isOneOf(table.senderKind, typistKinds)),
    index('typing_status_expiry_idx').on(table.expiresAt),
  ],
);

const eventActorKinds = ['visitor', 'customer', 'agent', 'system'] as const;
export const eventOrdinals = pgSequence('event_ordinals', { startWith: 1 });
/**
 * One row per change, in the change's own transaction: the outbox that publishing reads, and the audit trail that
 * people read. It names what changed; texts stay in their own tables.
 */
export const events = pgTable(
  'events',
  {
    id: uuid('id').primaryKey(),
    /** `message.created`, `ticket.created`, `ticket.changed`, `agent.deactivated`, … */
    type: text('type').notNull(),
    ticketId: uuid('ticket_id').references(() => tickets.id, { onDelete: 'cascade' }),
    /** Goes with its ticket: a foreign key of its own would need an index to delete by. */
    conversationId: uuid('conversation_id'),
    /** The log entry that belongs to it, if any. */
    seq: bigint('seq', { mode: 'number' }),
    actorKind: text('actor_kind', { enum: eventActorKinds }).notNull(),
    actorId: uuid('actor_id'),
    /** Subject other than a ticket: an agent's or a customer's id. */
    subjectId: uuid('subject_id'),
    before: jsonb('before').$type<Record<string, unknown>>(),
    after: jsonb('after').$type<Record<string, unknown>>(),
    createdAt: moment('created_at').notNull().defaultNow(),
    publishedAt: moment('published_at'),
    /** Taken under the lock of what it is about, so that changes of one thing have them in order; null before the feed. */
    ordinal: bigint('ordinal', { mode: 'number' }).default(sql`nextval('event_ordinals')`),
    /** Its place in the feed once it was numbered, see `db/api/events.ts`; 0 is outside of the feed. */
    position: bigint('position', { mode: 'number' }),
  },
  (table) => [
    index('events_unpublished_idx').on(table.createdAt).where(sql`${table.publishedAt} is null`),
    index('events_ticket_idx').on(table.ticketId, table.createdAt),
    index('events_unnumbered_idx')
      .on(table.ordinal)
      .where(sql`${table.position} is null and ${table.ordinal} is not null`),
    index('events_unnumbered_old_idx')
      .on(table.createdAt, table.id)
      .where(sql`${table.position} is null and ${table.ordinal} is null`),
    uniqueIndex('events_position_unique').on(table.position).where(sql`${table.position} > 0`),
    check('events_actor_kind_check', isOneOf(table.actorKind, eventActorKinds)),
  ],
);

/** One row, made by the first who numbers events: the newest position. Locked while positions are given. */
export const eventFeed = pgTable(
  'event_feed',
  {
    id: integer('id').primaryKey().default(1),
    lastPosition: bigint('last_position', { mode: 'number' }).notNull().default(0),
  },
  (table) => [check('event_feed_is_one_row', sql`${table.id} = 1`)],
);

export const inviteKinds = ['setup', 'agent'] as const;
export const invites = pgTable(
  'invites',
  {
    id: uuid('id').primaryKey(),
    tokenHash: text('token_hash').notNull(),
    kind: text('kind', { enum: inviteKinds }).notNull(),
    email: citext('email'),
    role: text('role', { enum: agentRoles }).notNull(),
    departmentId: uuid('department_id').references(() => departments.id, { onDelete: 'set null' }),
    invitedBy: uuid('invited_by').references(() => agents.id, { onDelete: 'set null' }),
    createdAt: moment('created_at').notNull().defaultNow(),
    expiresAt: moment('expires_at').notNull(),
    usedAt: moment('used_at'),
    revokedAt: moment('revoked_at'),
  },
  (table) => [
    unique('invites_token_hash_unique').on(table.tokenHash),
    check('invites_kind_check', isOneOf(table.kind, inviteKinds)),
    check('invites_role_check', isOneOf(table.role, agentRoles)),
  ],
);

/** What a program may do here. It acts as the account (`agents`) of the same id, which has its name and department. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: uuid('id')
      .primaryKey()
      .references(() => agents.id, { onDelete: 'cascade' }),
    scopes: text('scopes').array().notNull(),
    createdBy: uuid('created_by').references(() => agents.id, { onDelete: 'set null' }),
    createdAt: moment('created_at').notNull().defaultNow(),
    /** Null for never. */
    expiresAt: moment('expires_at'),
    revokedAt: moment('revoked_at'),
    revokedBy: uuid('revoked_by').references(() => agents.id, { onDelete: 'set null' }),
  },
  (table) => [check('api_keys_scopes_check', sql`cardinality(${table.scopes}) > 0`)],
);

/** A key's newest token, and those that it replaced. */
export const apiKeyTokens = pgTable(
  'api_key_tokens',
  {
    /** SHA-256 of its random part, hex. */
    tokenHash: text('token_hash').primaryKey(),
    keyId: uuid('key_id')
      .notNull()
      .references(() => apiKeys.id, { onDelete: 'cascade' }),
    /** Its last characters. */
    hint: text('hint').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    /** Null for the newest. */
    endsAt: moment('ends_at'),
    /** To the minute. */
    lastUsedAt: moment('last_used_at'),
  },
  (table) => [
    index('api_key_tokens_key_idx').on(table.keyId, table.createdAt),
    uniqueIndex('api_key_tokens_newest_unique').on(table.keyId).where(sql`${table.endsAt} is null`),
  ],
);

/** Where events are sent to; each hears those of its types, and of its department only if it has one. */
export const webhooks = pgTable(
  'webhooks',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    url: text('url').notNull(),
    types: text('types').array().notNull(),
    /** Null: all. Without its department it would be one of all, so it goes with it. */
    departmentId: uuid('department_id').references(() => departments.id, { onDelete: 'cascade' }),
    secret: text('secret').notNull(),
    /** Signs as well for a while, until the receiver knows the new one. */
    formerSecret: text('former_secret'),
    formerUntil: moment('former_until'),
    /** Position of the last event that was looked at. */
    through: bigint('through', { mode: 'number' }).notNull(),
    /** Of the first attempt that failed since one succeeded. */
    failingSince: moment('failing_since'),
    failuresInRow: integer('failures_in_row').notNull().default(0),
    pausedUntil: moment('paused_until'),
    disabledReason: text('disabled_reason', { enum: disabledReasons }),
    disabledAt: moment('disabled_at'),
    /** Whichever process sends now; it alone does, until then. */
    leaseId: uuid('lease_id'),
    leasedUntil: moment('leased_until'),
    createdBy: uuid('created_by').references(() => agents.id, { onDelete: 'set null' }),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('webhooks_department_idx').on(table.departmentId).where(sql`${table.departmentId} is not null`),
    index('webhooks_created_idx').on(table.createdAt, table.id),
    check('webhooks_types_check', sql`cardinality(${table.types}) > 0`),
    check('webhooks_disabled_check', isOneOf(table.disabledReason, disabledReasons)),
    check('webhooks_disabled_whole', sql`(${table.disabledReason} is null) = (${table.disabledAt} is null)`),
  ],
);

/** One event on its way to one webhook, and afterwards the log of it. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    id: uuid('id').primaryKey(),
    webhookId: uuid('webhook_id')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    /** What was told of a ticket goes with it. */
    eventId: uuid('event_id')
      .notNull()
      .references(() => events.id, { onDelete: 'cascade' }),
    eventType: text('event_type').notNull(),
    position: bigint('position', { mode: 'number' }).notNull(),
    body: text('body').notNull(),
    state: text('state', { enum: deliveryStates }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** Attempts since it was last asked for. */
    tries: integer('tries').notNull().default(0),
    nextAttemptAt: moment('next_attempt_at'),
    expiresAt: moment('expires_at').notNull(),
    lastStatus: smallint('last_status'),
    lastProblem: text('last_problem'),
    createdAt: moment('created_at').notNull().defaultNow(),
    finishedAt: moment('finished_at'),
  },
  (table) => [
    unique('webhook_deliveries_event_unique').on(table.eventId, table.webhookId),
    index('webhook_deliveries_waiting_idx')
      .on(table.webhookId, table.position)
      .where(sql`${table.state} = 'waiting'`),
    index('webhook_deliveries_log_idx').on(table.webhookId, table.createdAt.desc(), table.id.desc()),
    index('webhook_deliveries_finished_idx').on(table.finishedAt).where(sql`${table.finishedAt} is not null`),
    check('webhook_deliveries_state_check', isOneOf(table.state, deliveryStates)),
    check(
      'webhook_deliveries_next_check',
      sql`(${table.state} = 'waiting') = (${table.nextAttemptAt} is not null)`,
    ),
  ],
);

/** What was sent and what came back. */
export const webhookAttempts = pgTable(
  'webhook_attempts',
  {
    deliveryId: uuid('delivery_id')
      .notNull()
      .references(() => webhookDeliveries.id, { onDelete: 'cascade' }),
    number: integer('number').notNull(),
    at: moment('at').notNull(),
    durationMs: integer('duration_ms').notNull(),
    url: text('url').notNull(),
    requestHeaders: jsonb('request_headers').$type<Record<string, string>>().notNull(),
    status: smallint('status'),
    problem: text('problem'),
    answerHeaders: jsonb('answer_headers').$type<Record<string, string>>(),
    /** The beginning of it. */
    answerText: text('answer_text'),
  },
  (table) => [primaryKey({ name: 'webhook_attempts_pkey', columns: [table.deliveryId, table.number] })],
);

/** Links to a ticket's public status page. */
export const ticketLinks = pgTable(
  'ticket_links',
  {
    id: uuid('id').primaryKey(),
    tokenHash: text('token_hash').notNull(),
    ticketId: uuid('ticket_id')
      .notNull()
      .references(() => tickets.id, { onDelete: 'cascade' }),
    createdAt: moment('created_at').notNull().defaultNow(),
    expiresAt: moment('expires_at').notNull(),
    revokedAt: moment('revoked_at'),
  },
  (table) => [
    unique('ticket_links_token_hash_unique').on(table.tokenHash),
    index('ticket_links_ticket_idx').on(table.ticketId),
  ],
);

export const tags = pgTable(
  'tags',
  {
    id: uuid('id').primaryKey(),
    name: citext('name').notNull(),
    color: text('color', { enum: tagColors }).notNull(),
    isExample: boolean('is_example').notNull().default(false),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    unique('tags_name_unique').on(table.name),
    check('tags_color_check', isOneOf(table.color, tagColors)),
  ],
);

export const ticketTags = pgTable(
  'ticket_tags',
  {
    ticketId: uuid('ticket_id')
      .notNull()
      .references(() => tickets.id, { onDelete: 'cascade' }),
    tagId: uuid('tag_id')
      .notNull()
      .references(() => tags.id, { onDelete: 'cascade' }),
  },
  (table) => [
    primaryKey({ name: 'ticket_tags_pkey', columns: [table.ticketId, table.tagId] }),
    index('ticket_tags_tag_idx').on(table.tagId, table.ticketId),
  ],
);

/** Values stand in `customers.attributes` and `tickets.fields` under the field's key. */
export const customFields = pgTable(
  'custom_fields',
  {
    id: uuid('id').primaryKey(),
    subject: text('subject', { enum: fieldSubjects }).notNull(),
    key: text('key').notNull(),
    label: text('label').notNull(),
    type: text('type', { enum: fieldTypes }).notNull(),
    /** What a `choice` offers; empty for the other types. */
    options: text('options').array().notNull().default(sql`'{}'`),
    /** For new records; null is none. */
    defaultValue: jsonb('default_value').$type<string | number | boolean>(),
    position: integer('position').notNull().default(0),
    createdAt: moment('created_at').notNull().defaultNow(),
    /** Its values stay; it is no longer offered. */
    archivedAt: moment('archived_at'),
  },
  (table) => [
    unique('custom_fields_key_unique').on(table.subject, table.key),
    check('custom_fields_subject_check', isOneOf(table.subject, fieldSubjects)),
    check('custom_fields_type_check', isOneOf(table.type, fieldTypes)),
  ],
);

export const savedReplies = pgTable(
  'saved_replies',
  {
    id: uuid('id').primaryKey(),
    /** Null: for everybody. */
    ownerId: uuid('owner_id').references(() => agents.id, { onDelete: 'cascade' }),
    title: text('title').notNull(),
    /** What one types after the slash; null has none. */
    shortcut: citext('shortcut'),
    text: text('text').notNull(),
    isExample: boolean('is_example').notNull().default(false),
    createdAt: moment('created_at').notNull().defaultNow(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (table) => [
    index('saved_replies_owner_idx').on(table.ownerId),
    // Once among everybody's, and once among each agent's own.
    uniqueIndex('saved_replies_shortcut_shared_unique')
      .on(table.shortcut)
      .where(sql`${table.ownerId} is null`),
    uniqueIndex('saved_replies_shortcut_own_unique')
      .on(table.ownerId, table.shortcut)
      .where(sql`${table.ownerId} is not null`),
  ],
);

/** Saved filters. */
export const views = pgTable(
  'views',
  {
    id: uuid('id').primaryKey(),
    /** Null: for everybody. */
    ownerId: uuid('owner_id').references(() => agents.id, { onDelete: 'cascade' }),
    createdBy: uuid('created_by').references(() => agents.id, { onDelete: 'set null' }),
    name: text('name').notNull(),
    /** A `TicketFilter`, parsed again whenever it is read: what it names may be gone. */
    filter: jsonb('filter').$type<Record<string, unknown>>().notNull(),
    sort: text('sort').notNull(),
    position: integer('position').notNull().default(0),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [index('views_owner_idx').on(table.ownerId, table.position)],
);

/** Where an agent put a view by hand; a view without one stands in the order of making, after those. */
export const viewPlaces = pgTable(
  'view_places',
  {
    agentId: uuid('agent_id')
      .notNull()
      .references(() => agents.id, { onDelete: 'cascade' }),
    viewId: uuid('view_id')
      .notNull()
      .references(() => views.id, { onDelete: 'cascade' }),
    position: integer('position').notNull(),
  },
  (table) => [
    primaryKey({ name: 'view_places_pkey', columns: [table.agentId, table.viewId] }),
    index('view_places_view_idx').on(table.viewId),
  ],
);

/** What an agent has begun to write. */
export const drafts = pgTable(
  'drafts',
  {
    agentId: uuid('agent_id')
      .notNull()
      .references(() => agents.id, { onDelete: 'cascade' }),
    ticketId: uuid('ticket_id')
      .notNull()
      .references(() => tickets.id, { onDelete: 'cascade' }),
    mode: text('mode', { enum: draftModes }).notNull(),
    text: text('text').notNull(),
    /** Grows with each save of this draft; the higher one wins. */
    version: bigint('version', { mode: 'number' }).notNull(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ name: 'drafts_pkey', columns: [table.agentId, table.ticketId, table.mode] }),
    index('drafts_ticket_idx').on(table.ticketId),
    check('drafts_mode_check', isOneOf(table.mode, draftModes)),
  ],
);

/** What an agent is told about: one row per person and cause. */
export const notifications = pgTable(
  'notifications',
  {
    id: uuid('id').primaryKey(),
    agentId: uuid('agent_id')
      .notNull()
      .references(() => agents.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: notificationKinds }).notNull(),
    ticketId: uuid('ticket_id')
      .notNull()
      .references(() => tickets.id, { onDelete: 'cascade' }),
    conversationId: uuid('conversation_id'),
    /** The log entry that it is about, if any. */
    seq: bigint('seq', { mode: 'number' }),
    /** The event row that caused it: the same cause tells a person once. */
    eventId: uuid('event_id').notNull(),
    actorId: uuid('actor_id').references(() => agents.id, { onDelete: 'set null' }),
    createdAt: moment('created_at').notNull().defaultNow(),
    readAt: moment('read_at'),
  },
  (table) => [
    unique('notifications_cause_unique').on(table.eventId, table.agentId, table.kind),
    index('notifications_agent_idx').on(table.agentId, table.id.desc()),
    index('notifications_unread_idx').on(table.agentId, table.ticketId).where(sql`${table.readAt} is null`),
    index('notifications_ticket_idx').on(table.ticketId),
    check('notifications_kind_check', isOneOf(table.kind, notificationKinds)),
  ],
);

/** A ticket that an agent put back among the unread ones, until that agent opens it again. Read marks stay where they are. */
export const unreadMarks = pgTable(
  'unread_marks',
  {
    agentId: uuid('agent_id')
      .notNull()
      .references(() => agents.id, { onDelete: 'cascade' }),
    ticketId: uuid('ticket_id')
      .notNull()
      .references(() => tickets.id, { onDelete: 'cascade' }),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.agentId, table.ticketId] }),
    index('unread_marks_ticket_idx').on(table.ticketId),
  ],
);

/** UNLOGGED (see the migration). Which agent looks at which ticket now, one row per open page. */
export const viewingStatus = pgTable(
  'viewing_status',
  {
    pageId: uuid('page_id').primaryKey(),
    agentId: uuid('agent_id').notNull(),
    ticketId: uuid('ticket_id').notNull(),
    isTyping: boolean('is_typing').notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    index('viewing_status_ticket_idx').on(table.ticketId),
    index('viewing_status_expiry_idx').on(table.expiresAt),
  ],
);

/** The source's conversations went to the target; undoing brings exactly these back. */
export const ticketMerges = pgTable(
  'ticket_merges',
  {
    id: uuid('id').primaryKey(),
    sourceId: uuid('source_id')
      .notNull()
      .references(() => tickets.id, { onDelete: 'cascade' }),
    targetId: uuid('target_id')
      .notNull()
      .references(() => tickets.id, { onDelete: 'cascade' }),
    conversationIds: uuid('conversation_ids').array().notNull(),
    /** The source's status and times before. */
    before: jsonb('before').$type<Record<string, unknown>>().notNull(),
    mergedBy: uuid('merged_by').references(() => agents.id, { onDelete: 'set null' }),
    mergedAt: moment('merged_at').notNull().defaultNow(),
    undoneAt: moment('undone_at'),
  },
  (table) => [
    uniqueIndex('ticket_merges_source_unique').on(table.sourceId).where(sql`${table.undoneAt} is null`),
    index('ticket_merges_target_idx').on(table.targetId),
  ],
);

/** One act on many tickets, carried out ticket by ticket with the rights its agent has at that moment. */
export const bulkJobs = pgTable(
  'bulk_jobs',
  {
    id: uuid('id').primaryKey(),
    agentId: uuid('agent_id')
      .notNull()
      .references(() => agents.id, { onDelete: 'cascade' }),
    /** A `BulkAct`. */
    act: jsonb('act').$type<Record<string, unknown>>().notNull(),
    /** The job that this one takes back; null for none. */
    undoes: uuid('undoes'),
    state: text('state', { enum: bulkStates }).notNull(),
    total: integer('total').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    finishedAt: moment('finished_at'),
  },
  (table) => [
    index('bulk_jobs_agent_idx').on(table.agentId, table.id.desc()),
    index('bulk_jobs_running_idx').on(table.createdAt).where(sql`${table.state} = 'running'`),
    check('bulk_jobs_state_check', isOneOf(table.state, bulkStates)),
  ],
);

export const bulkItems = pgTable(
  'bulk_items',
  {
    jobId: uuid('job_id')
      .notNull()
      .references(() => bulkJobs.id, { onDelete: 'cascade' }),
    ticketId: uuid('ticket_id')
      .notNull()
      .references(() => tickets.id, { onDelete: 'cascade' }),
    state: text('state', { enum: bulkItemStates }).notNull().default('waiting'),
    /** Why it was left alone: an error code or reason. */
    reason: text('reason'),
    /** What it was before, to take it back. */
    before: jsonb('before').$type<Record<string, unknown>>(),
  },
  (table) => [
    primaryKey({ name: 'bulk_items_pkey', columns: [table.jobId, table.ticketId] }),
    index('bulk_items_next_idx').on(table.jobId, table.ticketId).where(sql`${table.state} = 'waiting'`),
    index('bulk_items_ticket_idx').on(table.ticketId),
    check('bulk_items_state_check', isOneOf(table.state, bulkItemStates)),
  ],
);

/** Words of entries, subjects and customers, for finding the one that was meant. Rare ones leave when there are many. */
export const searchWords = pgTable('search_words', {
  word: text('word').primaryKey(),
  /** In about so many texts. */
  entries: integer('entries').notNull().default(0),
});

/** One row: how far the words were read, see `lib/search/vocabulary.ts`. */
export const searchProgress = pgTable(
  'search_progress',
  {
    id: integer('id').primaryKey().default(1),
    /** The first block of 64 seconds whose entries were not read yet; null before the first. */
    nextBlock: bigint('next_block', { mode: 'number' }),
    /** Tickets whose words changed until then were read. */
    ticketsThrough: moment('tickets_through'),
    /** About how many words there are. */
    words: integer('words').notNull().default(0),
  },
  (table) => [check('search_progress_is_one_row', sql`${table.id} = 1`)],
);

/** A ticket's own words (subject, customer, tags), kept by triggers: the ticket's row changes with every message. */
export const searchTickets = pgTable(
  'search_tickets',
  {
    ticketId: uuid('ticket_id')
      .primaryKey()
      .references(() => tickets.id, { onDelete: 'cascade' }),
    /** When the ticket began. */
    at: moment('at').notNull(),
    words: tsvector('words').notNull(),
    touchedAt: moment('touched_at').notNull(),
  },
  (table) => [index('search_tickets_touched_idx').on(table.touchedAt)],
);

/** UNLOGGED (see the migration). Fixed windows: one row per key and window. */
export const rateLimits = pgTable(
  'rate_limits',
  {
    key: text('key').notNull(),
    windowStart: moment('window_start').notNull(),
    count: integer('count').notNull().default(0),
  },
  (table) => [
    primaryKey({ name: 'rate_limits_pkey', columns: [table.key, table.windowStart] }),
    index('rate_limits_window_idx').on(table.windowStart),
  ],
);

/** What was answered to a request of the public API with an `Idempotency-Key`, for a day. */
export const apiIdempotency = pgTable(
  'api_idempotency',
  {
    /** A key's id, or a customer's. */
    ownerId: uuid('owner_id').notNull(),
    key: text('key').notNull(),
    route: text('route').notNull(),
    /** SHA-256 of the request, hex: the same key with another one is a mistake. */
    requestHash: text('request_hash').notNull(),
    /** The id of what the request makes, at each of its attempts. */
    recordId: uuid('record_id').notNull(),
    attemptId: uuid('attempt_id').notNull(),
    attemptedAt: moment('attempted_at').notNull().defaultNow(),
    /** Null until there is an answer. */
    status: smallint('status'),
    headers: jsonb('headers').$type<Record<string, string>>(),
    body: text('body'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ name: 'api_idempotency_pkey', columns: [table.ownerId, table.key] }),
    index('api_idempotency_created_idx').on(table.createdAt),
  ],
);

/** What tells that instances hold the same secrets, and nothing about the secrets themselves. */
export const secretFingerprints = pgTable('secret_fingerprints', {
  /** The variable that holds the secret. */
  name: text('name').primaryKey(),
  salt: text('salt').notNull(),
  fingerprint: text('fingerprint').notNull(),
  notedAt: moment('noted_at').notNull().defaultNow(),
});

/** UNLOGGED (see the migration). The processes that serve this database now, each telling so every few seconds. */
export const instances = pgTable(
  'instances',
  {
    id: uuid('id').primaryKey(),
    kind: text('kind').notNull(),
    /** The machine and the process on it, for people. */
    place: text('place').notNull(),
    buildId: text('build_id').notNull(),
    realtimeMode: text('realtime_mode').notNull(),
    startedAt: moment('started_at').notNull().defaultNow(),
    seenAt: moment('seen_at').notNull().defaultNow(),
  },
  (table) => [check('instances_kind_known', isOneOf(table.kind, instanceKinds))],
);
