import * as z from 'zod/mini';
import type { StagedRecord } from '#/db/transfer/staging.ts';
import { type TransferNoun, transferNouns, transferTables } from '#/db/transfer/tables.ts';
import { agentAvailabilities, agentRoles, robotRoles } from '#/lib/agents/schema.ts';
import { agentRecord } from '#/lib/api/records/agents.ts';
import { conversationRecord } from '#/lib/api/records/conversations.ts';
import { customerRecord } from '#/lib/api/records/customers.ts';
import { departmentRecord } from '#/lib/api/records/departments.ts';
import { eventRecord } from '#/lib/api/records/events.ts';
import { messageRecord } from '#/lib/api/records/messages.ts';
import { participantRecord } from '#/lib/api/records/participants.ts';
import { ticketRecord } from '#/lib/api/records/tickets.ts';
import { fieldKey, fieldSubjects, fieldTypes, fieldValue } from '#/lib/custom-fields/schema.ts';
import { isTimezone } from '#/lib/departments/schema.ts';
import { eventActorKinds } from '#/lib/events/schema.ts';
import { isPublicChange } from '#/lib/messages/rules.ts';
import { changeSchema, messageKinds, snippetCharsMax, textCharsMax } from '#/lib/messages/schema.ts';
import { changeTypes } from '#/lib/realtime/changes.ts';
import { tagColors } from '#/lib/tags/schema.ts';
import { cleanText, isBlank, snippetOf } from '#/lib/text.ts';
import { languages } from '#/lib/texts/languages.ts';
import { subjectCharsMax, ticketPriorities, ticketStatuses } from '#/lib/tickets/schema.ts';
import { toSound } from '#/lib/transfer/pieces.ts';
import { describeIssue, type Problem, sentenceOfUnsound } from '#/lib/transfer/problems.ts';
import { widgetKeySchema } from '#/lib/widgets/schema.ts';

/**
 * What a line of an import may say. Each schema is the record that the public API answers, all of it optional but what
 * nothing can be made without, and with what a copy needs beyond. What the API works out is understood and left aside.
 */

const id = z.uuid().check(z.toLowerCase());
const line = (charsMax: number) => z.string().check(z.maxLength(charsMax));
const filledLine = (charsMax: number) => line(charsMax).check(z.minLength(1));
const maybe = <Schema extends z.ZodMiniType>(schema: Schema) => z.optional(z.nullable(schema));
const bag = z.record(z.string(), z.unknown());
const rowNumberMax = 2_000_000_000;
const place = z.int().check(z.positive());
const count = z.int().check(z.nonnegative());
const moment = z.iso.datetime({ offset: true }).check(
  z.refine((text) => Date.parse(text) >= 0, 'before_1970'),
  // Runs for what was refused, too.
  z.overwrite((text) => (Number.isNaN(Date.parse(text)) ? text : new Date(text).toISOString())),
);
const email = z.string().check(z.maxLength(254), z.trim(), z.regex(/^[^\s@]+@[^\s@]+$/, 'email_not_valid'));
const phone = z.string().check(z.regex(/^\+[1-9][0-9]{6,14}$/, 'phone_not_valid'));
const timezone = z.string().check(z.maxLength(64), z.refine(isTimezone, 'timezone_unknown'));
const isExample = z.optional(z.boolean());
const sayable = z
  .looseObject({ field: z.string() })
  .check(z.refine((change) => changeSchema.safeParse(change).success, 'change_unknown'));

const department = z.extend(z.partial(departmentRecord), {
  id,
  name: filledLine(80),
  timezone: z.optional(timezone),
  isExample,
  createdAt: z.optional(moment),
  closedAt: maybe(moment),
  movesTo: maybe(id),
});

const agent = z.extend(z.partial(agentRecord), {
  id,
  name: filledLine(80),
  email,
  role: z.optional(z.enum([...agentRoles, ...robotRoles])),
  departmentId: maybe(id),
  availability: z.optional(z.enum(agentAvailabilities)),
  deactivatedAt: maybe(moment),
  timezone: maybe(timezone),
  preferences: z.optional(bag),
  handOver: maybe(bag),
  isExample,
  createdAt: z.optional(moment),
});

const widget = z.strictObject({
  id,
  key: widgetKeySchema,
  name: filledLine(80),
  allowedOrigins: z.optional(z.array(line(300)).check(z.maxLength(50))),
  departmentId: maybe(id),
  look: z.optional(bag),
  preChat: z.optional(bag),
  language: z.optional(z.enum(languages)),
  texts: z.optional(bag),
  asksRating: z.optional(z.boolean()),
  createdAt: z.optional(moment),
});

const tag = z.strictObject({
  id,
  name: filledLine(40),
  color: z.optional(z.enum(tagColors)),
  isExample,
  createdAt: z.optional(moment),
});

const field = z.strictObject({
  id,
  subject: z.enum(fieldSubjects),
  key: fieldKey,
  label: filledLine(80),
  type: z.enum(fieldTypes),
  options: z.optional(z.array(line(80)).check(z.maxLength(100))),
  defaultValue: maybe(fieldValue),
  position: z.optional(z.int().check(z.gte(-rowNumberMax), z.lte(rowNumberMax))),
  createdAt: z.optional(moment),
  archivedAt: maybe(moment),
});

const customer = z.extend(z.partial(customerRecord), {
  id,
  name: maybe(line(200)),
  email: maybe(line(254)),
  phone: maybe(phone),
  externalId: maybe(filledLine(300)),
  identityWidgetId: maybe(id),
  verifiedAt: maybe(moment),
  signedKeys: z.optional(z.array(line(100)).check(z.maxLength(200))),
  mergedInto: maybe(id),
  locale: maybe(line(35)),
  timezone: maybe(line(64)),
  attributes: z.optional(bag),
  lastPage: maybe(line(2_000)),
  blockedAt: maybe(moment),
  lastSeenAt: maybe(moment),
  isExample,
  createdAt: z.optional(moment),
});

const ticket = z
  .extend(z.partial(ticketRecord), {
    id,
    number: z.optional(place.check(z.lte(rowNumberMax))),
    subject: filledLine(subjectCharsMax).check(
      z.refine((text) => !/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(text), 'has_controls'),
    ),
    description: maybe(line(textCharsMax)),
    status: z.optional(z.enum(ticketStatuses)),
    priority: z.optional(z.enum(ticketPriorities)),
    customerId: id,
    widgetId: maybe(id),
    departmentId: maybe(id),
    assigneeId: maybe(id),
    tagIds: z.optional(z.array(id).check(z.maxLength(500))),
    fields: z.optional(bag),
    snoozedUntil: maybe(moment),
    snoozedAt: maybe(moment),
    snoozedBy: maybe(id),
    wokeAt: maybe(moment),
    waitingSince: maybe(moment),
    firstRepliedAt: maybe(moment),
    resolvedAt: maybe(moment),
    lastActivityAt: z.optional(moment),
    version: z.optional(place.check(z.lte(rowNumberMax))),
    createdAt: z.optional(moment),
  })
  .check(
    z.refine(({ status, snoozedUntil }) => status !== 'snoozed' || isThere(snoozedUntil), {
      error: 'snooze_without_end',
      path: ['snoozedUntil'],
    }),
  );

const conversation = z.extend(z.partial(conversationRecord), {
  id,
  ticketId: id,
  head: z.optional(count),
  publicHead: z.optional(count),
  lastMessage: maybe(line(1_000)),
  lastMessageAt: maybe(moment),
  createdAt: z.optional(moment),
});

const message = z
  .extend(z.partial(messageRecord), {
    id,
    conversationId: id,
    kind: z.optional(z.enum(messageKinds)),
    order: z.optional(place),
    publicOrder: maybe(place),
    customerId: maybe(id),
    agentId: maybe(id),
    text: z.optional(line(textCharsMax)),
    change: maybe(sayable),
    mentions: z.optional(z.array(z.object({ id })).check(z.maxLength(100))),
    mentionIds: z.optional(z.array(id).check(z.maxLength(100))),
    fileCount: z.optional(count.check(z.lte(100))),
    sentAt: moment,
  })
  .check(z.superRefine<Message>(checkMessage));

const participant = z
  .extend(z.partial(participantRecord), {
    id,
    conversationId: id,
    customerId: maybe(id),
    agentId: maybe(id),
    readSeq: z.optional(count),
    readAt: maybe(moment),
    publicReadAt: maybe(moment),
    deliveredSeq: z.optional(count),
    joinedAt: maybe(moment),
  })
  .check(
    z.refine(({ customerId, agentId }) => isThere(customerId) !== isThere(agentId), {
      error: 'person_unclear',
      path: ['customerId'],
    }),
  );

const rating = z.strictObject({
  conversationId: id,
  resolveId: id,
  score: z.int().check(z.gte(1), z.lte(5)),
  comment: maybe(filledLine(1_000)),
  createdAt: z.optional(moment),
  changedAt: z.optional(moment),
});

const file = z
  .strictObject({
    id,
    key: z.string().check(z.regex(/^[A-Za-z0-9_-]{22,64}$/, 'key_not_valid')),
    name: filledLine(300),
    type: filledLine(200),
    bytes: place,
    width: maybe(place.check(z.lte(rowNumberMax))),
    height: maybe(place.check(z.lte(rowNumberMax))),
    thumbnail: z.optional(z.enum(['none', 'waiting', 'ready', 'failed'])),
    customerId: maybe(id),
    agentId: maybe(id),
    widgetId: maybe(id),
    conversationId: id,
    messageId: id,
    position: count.check(z.lte(100)),
    createdAt: z.optional(moment),
  })
  .check(
    z.refine(({ customerId, agentId }) => !isThere(customerId) || !isThere(agentId), {
      error: 'sender_unclear',
      path: ['customerId'],
    }),
  );

const merge = z
  .strictObject({
    id,
    sourceId: id,
    targetId: id,
    conversationIds: z.array(id).check(z.maxLength(10_000)),
    before: bag,
    mergedBy: maybe(id),
    mergedAt: moment,
    undoneAt: maybe(moment),
  })
  .check(
    z.refine(({ sourceId, targetId }) => sourceId !== targetId, {
      error: 'moved_into_itself',
      path: ['targetId'],
    }),
  );

const event = z.extend(z.partial(eventRecord), {
  id,
  type: z.enum(changeTypes),
  at: moment,
  actor: z.strictObject({ kind: z.enum(eventActorKinds), id: z.nullable(id) }),
  ticketId: maybe(id),
  conversationId: maybe(id),
  seq: maybe(place),
  subjectId: maybe(id),
  before: maybe(bag),
  after: maybe(bag),
});

/** What the line of each noun says under `record`. */
export const transferRecords = {
  department,
  agent,
  widget,
  tag,
  field,
  customer,
  ticket,
  conversation,
  message,
  participant,
  rating,
  file,
  merge,
  event,
} as const satisfies Record<TransferNoun, z.ZodMiniType>;

/** One line: of what, and what it says. */
const lineSchema = z.strictObject({ noun: z.enum(transferNouns), record: bag });

type Message = {
  kind?: 'reply' | 'note' | 'event' | undefined;
  order?: number | undefined;
  publicOrder?: number | null | undefined;
  customerId?: string | null | undefined;
  agentId?: string | null | undefined;
  text?: string | undefined;
  change?: unknown;
  fileCount?: number | undefined;
  files?: readonly unknown[] | undefined;
};
type Complain = {
  addIssue(issue: { code: 'custom'; message: string; path: string[]; input: unknown }): void;
};

const isThere = (value: unknown) => value !== undefined && value !== null;

/** What the table itself would refuse, said with the field. */
function checkMessage(said: Message, context: Complain): void {
  const complain = (field: string, message: string) =>
    context.addIssue({ code: 'custom', message, path: [field], input: said });
  const { kind = 'reply', order, publicOrder } = said;
  const isPublic = isThere(publicOrder);
  if (isThere(said.customerId) && isThere(said.agentId)) complain('customerId', 'sender_unclear');
  if (kind === 'reply' && !isThere(said.customerId) && !isThere(said.agentId))
    complain('customerId', 'reply_of_nobody');
  if (kind === 'note' && !isThere(said.agentId)) complain('agentId', 'note_of_agent');
  if (kind === 'note' && isPublic) complain('publicOrder', 'note_is_public');
  if (kind === 'reply' && order !== undefined && !isPublic) complain('publicOrder', 'reply_not_public');
  if (isThere(publicOrder) && (publicOrder ?? 0) > (order ?? Number.MAX_SAFE_INTEGER)) {
    complain('publicOrder', 'public_beyond_seq');
  }
  if (kind === 'event' && !isThere(said.change)) complain('change', 'event_without_change');
  if (kind !== 'event' && isThere(said.change)) complain('change', 'change_of_none');
  const hasFiles = (said.fileCount ?? 0) > 0 || (said.files ?? []).length > 0;
  if (kind !== 'event' && !hasFiles && isBlank(said.text ?? '')) complain('text', 'text_empty');
}

type Place = { source: number; number: number };

/** What one line says, ready to be staged; or the first thing that is wrong with it. */
export function parseTransferLine(
  value: Record<string, unknown>,
  at: Place,
): { record: StagedRecord } | { problem: Problem } {
  const line = lineSchema.safeParse(value, { reportInput: true });
  if (line.success) return parseTransferRecord(line.data.noun, line.data.record, at);
  const [issue] = line.error.issues;
  const said = issue === undefined ? { field: null, what: 'is not valid' } : describeIssue(issue);
  return { problem: { ...at, ...said } };
}

/** As `parseTransferLine`, for a record whose noun is known. */
export function parseTransferRecord(
  noun: TransferNoun,
  said: Record<string, unknown>,
  at: Place,
): { record: StagedRecord } | { problem: Problem } {
  const sound = toSound(said);
  if ('unsound' in sound) {
    const { path, reason } = sound.unsound;
    return { problem: { ...at, field: path === '' ? null : path, what: sentenceOfUnsound(reason) } };
  }
  const parsed = transferRecords[noun].safeParse(sound.value, { reportInput: true });
  if (parsed.success) return { record: stagedOf(noun, parsed.data, at) };
  const [issue] = parsed.error.issues;
  return {
    problem: {
      ...at,
      ...(issue === undefined ? { field: null, what: 'is not valid' } : describeIssue(issue)),
    },
  };
}

/** For these the staged record holds more than was said, see below. */
const madeFields: Partial<Record<TransferNoun, readonly string[]>> = {
  message: ['isPublic', 'snippet', 'read', 'meta'],
  ticket: ['tagIds'],
  event: ['actorKind', 'actorId'],
};
const keptFields = new Map(
  transferNouns.map((noun) => {
    const { columns, reads = {} } = transferTables[noun];
    const names = [...columns.map(({ field }) => field), ...Object.keys(reads), ...(madeFields[noun] ?? [])];
    return [noun, new Set(names)] as const;
  }),
);

function stagedOf(
  noun: TransferNoun,
  said: Record<string, unknown>,
  { source, number }: Place,
): StagedRecord {
  const { parent, key = 'id' } = transferTables[noun];
  const whole = { ...said, ...madeOf(noun, said) };
  const kept = keptFields.get(noun);
  const record = Object.fromEntries(
    Object.entries(whole).filter(([name, value]) => kept?.has(name) === true && value !== undefined),
  );
  const parentId = parent === undefined ? null : said[parent];
  return {
    noun,
    id: String(said[key]),
    parent: typeof parentId === 'string' ? parentId : null,
    source,
    number,
    record,
  };
}

/** What the database could only work out slowly, or not at all. */
function madeOf(noun: TransferNoun, said: Record<string, unknown>): Record<string, unknown> {
  if (noun === 'event') {
    const { actor } = asEvent(said);
    // A key has an account of its own among the agents', and by its kind only the API tells the two apart.
    return { actorKind: actor.kind === 'key' ? 'agent' : actor.kind, actorId: actor.id };
  }
  if (noun !== 'message') return {};
  const {
    kind = 'reply',
    order,
    publicOrder,
    text = '',
    change,
    mentions = [],
    mentionIds,
  } = asMessage(said);
  const mentioned = mentionIds ?? mentions.map((agent) => agent.id);
  const words = cleanText(text);
  const known = changeSchema.safeParse(change);
  const isSeen = kind === 'reply' || (kind === 'event' && known.success && isPublicChange(known.data));
  return {
    isPublic: order === undefined ? isSeen : isThere(publicOrder),
    text: words,
    ...(kind === 'reply' ? { snippet: snippetOf(words, snippetCharsMax) } : {}),
    ...(mentioned.length > 0 ? { meta: { mentions: mentioned } } : {}),
  };
}

/** Safe, as the next: only called with what the noun's own schema answered. */
function asEvent(said: Record<string, unknown>): z.infer<typeof event> {
  return said as z.infer<typeof event>;
}

function asMessage(said: Record<string, unknown>): z.infer<typeof message> {
  return said as z.infer<typeof message>;
}
