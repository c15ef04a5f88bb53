import type { TransferNoun } from '#/db/transfer/tables.ts';
import { fieldKey, fieldTextMax } from '#/lib/custom-fields/schema.ts';
import { contactSchemas } from '#/lib/customers/schema.ts';
import { cleanName, snippetOf } from '#/lib/text.ts';
import { subjectOf } from '#/lib/tickets/rules.ts';
import {
  subjectCharsMax,
  type TicketPriority,
  type TicketStatus,
  ticketPriorities,
  ticketStatuses,
} from '#/lib/tickets/schema.ts';
import {
  fileOf,
  idOfObject,
  type ParsePointer,
  pointerOf,
  textOf,
  timeOf,
} from '#/lib/transfer/parse-values.ts';

/** What an object of a Parse class becomes. Pure: who the agents are is told, since a pointer to a user does not say. */

/** What a class is about, whatever it is called. */
export const parseKinds = [
  'Customer',
  'Agent',
  'Department',
  'Ticket',
  'Conversation',
  'Message',
  '_User',
] as const;
export type ParseKind = (typeof parseKinds)[number];

const usualNames: Readonly<Record<string, ParseKind>> = {
  Customer: 'Customer',
  Client: 'Customer',
  SupportAgent: 'Agent',
  Agent: 'Agent',
  Department: 'Department',
  Ticket: 'Ticket',
  Conversation: 'Conversation',
  Message: 'Message',
  _User: '_User',
};

export type ParseWords = {
  /** Classes by another name: `Chat` is a `Conversation`. */
  classes: Readonly<Record<string, ParseKind>>;
  statuses: Readonly<Record<string, TicketStatus>>;
  priorities: Readonly<Record<string, TicketPriority>>;
};

/** Who answers customers, found before anything else is read. */
export type ParseAgents = {
  /** objectIds of the class of agents. */
  agents: ReadonlySet<string>;
  /** Users who are agents: the object of the class of agents that is theirs, null where there is none. */
  users: ReadonlyMap<string, string | null>;
  /** What their users say of them. */
  contacts: ReadonlyMap<string, { name: string | undefined; email: string | undefined }>;
  /** Whether customers have a class of their own; else they are users. */
  hasCustomers: boolean;
  /** Whether a relation says in which conversation a message is. */
  linksMessages: boolean;
};

export type Converted = {
  records: { noun: TransferNoun; record: Record<string, unknown> }[];
  /** See `StagedNoun`. */
  aliases: { noun: 'alias' | 'link'; id: string; parent: string }[];
  /** The first thing that is wrong with the object. */
  problem: { field: string; what: string } | null;
  /** Fields that were not taken over. */
  leftOut: string[];
};

export type ParseObject = Readonly<Record<string, unknown>>;

export function kindOfClass(className: string, { classes }: ParseWords): ParseKind | undefined {
  return classes[className] ?? usualNames[className];
}

/** A field of a record in the words of the class that it came from. */
export const parseFieldOf: Readonly<Partial<Record<string, string>>> = {
  customerId: 'customer',
  agentId: 'agent',
  assigneeId: 'agent',
  departmentId: 'department',
  ticketId: 'ticket',
  conversationId: 'conversation',
};

/** What every object has, and what is secret or means nothing here. */
const silentFields = new Set([
  'objectId',
  'createdAt',
  'updatedAt',
  'ACL',
  'className',
  '__type',
  'user',
  'authData',
  'password',
  'bcryptPassword',
  'sessionToken',
  'emailVerified',
]);

export function convertObject(
  kind: ParseKind,
  object: ParseObject,
  agents: ParseAgents,
  words: ParseWords,
): Converted {
  const objectId = textOf(object.objectId);
  if (objectId === undefined) return refused('objectId', 'is missing');
  const made = converters[kind](objectId, object, { agents, words });
  if (made.problem !== null) return made;
  const leftOut = Object.keys(object).filter(
    (field) => !silentFields.has(field) && !usedFields[kind].includes(field) && !made.taken.includes(field),
  );
  return { ...made, leftOut };
}

type Surroundings = { agents: ParseAgents; words: ParseWords };
type Made = Omit<Converted, 'leftOut'> & { leftOut: string[]; taken: readonly string[] };
type Converter = (objectId: string, object: ParseObject, around: Surroundings) => Made;

const usedFields: Record<ParseKind, readonly string[]> = {
  Customer: ['name', 'displayName', 'firstName', 'lastName', 'email', 'phone'],
  Agent: ['name', 'displayName', 'firstName', 'lastName', 'email', 'department'],
  Department: ['name'],
  Ticket: [
    'subject',
    'title',
    'description',
    'status',
    'priority',
    'customer',
    'agent',
    'assignee',
    'assignedTo',
    'supportAgent',
    'department',
  ],
  Conversation: ['ticket', 'participants', 'lastMessage', 'messages'],
  Message: ['text', 'body', 'content', 'read', 'sentAt', 'sender', 'conversation'],
  _User: ['name', 'displayName', 'firstName', 'lastName', 'username', 'email', 'phone'],
};

const made = (records: Converted['records'], more: Partial<Made> = {}): Made => ({
  records,
  aliases: [],
  problem: null,
  leftOut: [],
  taken: [],
  ...more,
});
const refused = (field: string, what: string): Made => made([], { problem: { field, what } });
const one = (noun: TransferNoun, record: Record<string, unknown>) => ({ noun, record: withoutGaps(record) });

function withoutGaps(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

const converters: Record<ParseKind, Converter> = {
  Customer: convertCustomer,
  Agent: convertAgent,
  Department: (objectId, object) =>
    made([
      one('department', {
        id: idOfObject('Department', objectId),
        name: nameOf(object) ?? objectId,
        createdAt: timeOf(object.createdAt),
      }),
    ]),
  Ticket: convertTicket,
  Conversation: convertConversation,
  Message: convertMessage,
  _User: convertUser,
};

function nameOf(object: ParseObject): string | undefined {
  const parts = [textOf(object.firstName), textOf(object.lastName)].filter((part) => part !== undefined);
  const name = textOf(object.name) ?? textOf(object.displayName) ?? textOf(parts.join(' '));
  return name === undefined ? undefined : textOf(cleanName(name).slice(0, 80).toWellFormed());
}

function convertCustomer(objectId: string, object: ParseObject): Made {
  const id = idOfObject('Customer', objectId);
  const { attributes, taken } = attributesOf(object);
  const user = pointerOf(object.user);
  const record = { id, ...contactOf(object, attributes), attributes, createdAt: timeOf(object.createdAt) };
  return made([one('customer', record)], {
    taken,
    aliases:
      user === undefined ? [] : [{ noun: 'alias', id: idOfObject('_User', user.objectId), parent: id }],
  });
}

/** What cannot be an address or a number here is kept as it was written. */
function contactOf(object: ParseObject, attributes: Record<string, unknown>) {
  const email = contactSchemas.email.safeParse(object.email);
  const phone = contactSchemas.phone.safeParse(object.phone);
  if (!email.success && textOf(object.email) !== undefined) attributes.emailAsWritten = object.email;
  if (!phone.success && textOf(object.phone) !== undefined) attributes.phoneAsWritten = object.phone;
  return {
    name: nameOf(object),
    email: email.success ? email.data : undefined,
    phone: phone.success ? phone.data : undefined,
  };
}

/** Plain values that Parley has no field for: a customer's attributes take them. */
function attributesOf(object: ParseObject): { attributes: Record<string, unknown>; taken: string[] } {
  const entries = Object.entries(object).filter(
    ([field, value]) =>
      !silentFields.has(field) &&
      !usedFields.Customer.includes(field) &&
      fieldKey.safeParse(field).success &&
      ((typeof value === 'string' && value.length <= fieldTextMax) ||
        typeof value === 'number' ||
        typeof value === 'boolean'),
  );
  return { attributes: Object.fromEntries(entries), taken: entries.map(([field]) => field) };
}

function convertAgent(objectId: string, object: ParseObject, { agents }: Surroundings): Made {
  const user = pointerOf(object.user)?.objectId;
  const contact = user === undefined ? undefined : agents.contacts.get(user);
  return agentOf(idOfObject('Agent', objectId), objectId, object, contact);
}

function agentOf(
  id: string,
  objectId: string,
  object: ParseObject,
  contact: { name: string | undefined; email: string | undefined } | undefined,
): Made {
  const email = textOf(object.email) ?? contact?.email ?? `${objectId.toLowerCase()}@imported.invalid`;
  const department = departmentOf(object.department);
  if (department === 'unreadable') return refused('department', 'is neither a name nor a pointer');
  const name = nameOf(object) ?? contact?.name ?? email.slice(0, 80);
  return made([
    ...department.records,
    one('agent', { id, name, email, departmentId: department.id, createdAt: timeOf(object.createdAt) }),
  ]);
}

/** A department by its name is one for all who name it. */
function departmentOf(
  value: unknown,
): { id: string | undefined; records: Converted['records'] } | 'unreadable' {
  if (value === undefined || value === null || value === '') return { id: undefined, records: [] };
  if (typeof value === 'string') {
    const name = cleanName(value).slice(0, 80).toWellFormed();
    if (name === '') return { id: undefined, records: [] };
    const id = idOfObject('Department by name', name);
    return { id, records: [one('department', { id, name })] };
  }
  const pointer = pointerOf(value);
  return pointer === undefined
    ? 'unreadable'
    : { id: idOfObject('Department', pointer.objectId), records: [] };
}

function convertUser(objectId: string, object: ParseObject, { agents }: Surroundings): Made {
  const own = agents.users.get(objectId);
  // Their object among the agents says who they are.
  if (own !== undefined && own !== null) return made([]);
  const named = { ...object, name: nameOf(object) ?? textOf(object.username) };
  const id = idOfObject('_User', objectId);
  if (own === null) return agentOf(id, objectId, { ...named, department: undefined }, undefined);
  const attributes = {};
  const record = { id, ...contactOf(named, attributes), attributes, createdAt: timeOf(object.createdAt) };
  return made([one('customer', record)]);
}

/** Customer or agent, by the class that the pointer names, or by who is known as an agent. */
export function personOf(
  pointer: ParsePointer,
  { agents, words }: Surroundings,
): { customerId: string } | { agentId: string } | null {
  const { className, objectId } = pointer;
  const isAgent = agents.agents.has(objectId) ? 'Agent' : undefined;
  const usual = agents.hasCustomers ? 'Customer' : '_User';
  const kind = className === null ? (isAgent ?? usual) : kindOfClass(className, words);
  if (kind === 'Agent') return { agentId: idOfObject('Agent', objectId) };
  if (kind === 'Customer') return { customerId: idOfObject('Customer', objectId) };
  if (kind !== '_User') return null;
  const own = agents.users.get(objectId);
  if (own === undefined) return { customerId: idOfObject('_User', objectId) };
  return { agentId: own === null ? idOfObject('_User', objectId) : idOfObject('Agent', own) };
}

function convertTicket(objectId: string, object: ParseObject, around: Surroundings): Made {
  const customer = pointerOf(object.customer);
  if (customer === undefined) return refused('customer', 'is missing, or is no pointer');
  const person = personOf(customer, around);
  if (person === null || !('customerId' in person))
    return refused('customer', 'points to nobody who is a customer');
  const status = statusOf(object.status, around.words);
  if (status === undefined) return refused('status', unknownWord(object.status, '--status', ticketStatuses));
  const priority = priorityOf(object.priority, around.words);
  if (priority === undefined) {
    return refused('priority', unknownWord(object.priority, '--priority', ticketPriorities));
  }
  const agent = pointerOf(object.assignee ?? object.agent ?? object.assignedTo ?? object.supportAgent);
  const assignee = agent === undefined ? null : personOf(agent, around);
  const department = departmentOf(object.department);
  if (department === 'unreadable') return refused('department', 'is neither a name nor a pointer');
  const record = {
    id: idOfObject('Ticket', objectId),
    ...wordsOf(object),
    status,
    priority,
    customerId: person.customerId,
    assigneeId: assignee !== null && 'agentId' in assignee ? assignee.agentId : undefined,
    departmentId: department.id,
    resolvedAt: status === 'resolved' ? timeOf(object.updatedAt) : undefined,
    createdAt: timeOf(object.createdAt),
  };
  return made([...department.records, one('ticket', record)]);
}

/** A subject that is too long for a line goes on in the description. */
function wordsOf(object: ParseObject): { subject: string; description: string | undefined } {
  const description = textOf(object.description);
  const subject = cleanName(textOf(object.subject) ?? textOf(object.title) ?? '');
  if (subject === '') return { subject: subjectOf(description ?? '') || 'Imported ticket', description };
  if (subject.length <= subjectCharsMax) return { subject, description };
  const whole = description === undefined ? subject : `${subject}\n\n${description}`;
  return { subject: snippetOf(subject, subjectCharsMax / 2), description: whole };
}

const usualStatuses: Readonly<Record<string, TicketStatus>> = {
  new: 'open',
  open: 'open',
  opened: 'open',
  reopened: 'open',
  active: 'open',
  assigned: 'open',
  inprogress: 'open',
  pending: 'pending',
  waiting: 'pending',
  onhold: 'pending',
  snoozed: 'pending',
  solved: 'resolved',
  resolved: 'resolved',
  done: 'resolved',
  closed: 'closed',
};
const usualPriorities: Readonly<Record<string, TicketPriority>> = {
  lowest: 'low',
  low: 'low',
  normal: 'normal',
  medium: 'normal',
  default: 'normal',
  high: 'high',
  urgent: 'urgent',
  critical: 'urgent',
  highest: 'urgent',
};

/** As people compare words: without case, spaces, dashes and underscores. */
export const plainWord = (word: string) => word.toLowerCase().replace(/[\s_-]+/g, '');

function statusOf(value: unknown, { statuses }: ParseWords): TicketStatus | undefined {
  if (value === undefined || value === null || value === '') return 'open';
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const word = plainWord(String(value));
  return statuses[word] ?? usualStatuses[word];
}

function priorityOf(value: unknown, { priorities }: ParseWords): TicketPriority | undefined {
  if (value === undefined || value === null || value === '') return 'normal';
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const word = plainWord(String(value));
  return priorities[word] ?? usualPriorities[word];
}

function unknownWord(value: unknown, option: string, known: readonly string[]): string {
  const word = typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 40) : 'x';
  return `is none that is known: say what it means, as in ${option} "${word}=${known[0] ?? ''}" (${known.join(', ')})`;
}

function convertConversation(objectId: string, object: ParseObject, around: Surroundings): Made {
  const ticket = pointerOf(object.ticket);
  if (ticket === undefined) return refused('ticket', 'is missing, or is no pointer');
  const id = idOfObject('Conversation', objectId);
  const listed = Array.isArray(object.participants) ? object.participants : [];
  const people: Converted['records'] = [];
  for (const each of listed) {
    const pointer = pointerOf(each);
    const person = pointer === undefined ? null : personOf(pointer, around);
    if (person === null) return refused('participants', 'name something that is neither customer nor agent');
    people.push(participantOf(id, person));
  }
  const ticketId = idOfObject('Ticket', ticket.objectId);
  const known = new Map(people.map((each) => [String(each.record.id), each]));
  return made([
    one('conversation', { id, ticketId, createdAt: timeOf(object.createdAt) }),
    ...known.values(),
  ]);
}

function participantOf(conversationId: string, person: { customerId: string } | { agentId: string }) {
  const personId = 'customerId' in person ? person.customerId : person.agentId;
  return one('participant', {
    id: idOfObject('Participant', `${conversationId} ${personId}`),
    conversationId,
    ...person,
  });
}

function convertMessage(objectId: string, object: ParseObject, around: Surroundings): Made {
  const sender = pointerOf(object.sender);
  if (sender === undefined) return refused('sender', 'is missing, or is no pointer');
  const person = personOf(sender, around);
  if (person === null) return refused('sender', 'points to something that is neither customer nor agent');
  const conversation = pointerOf(object.conversation);
  if (conversation === undefined && !around.agents.linksMessages) {
    return refused('conversation', 'is missing, or is no pointer');
  }
  const files = Object.entries(object).flatMap(([field, value]) => {
    const file = fileOf(value);
    return file === undefined ? [] : [{ field, words: `${file.name}: ${file.url}` }];
  });
  const text = textOf(object.text) ?? textOf(object.body) ?? textOf(object.content);
  const record = {
    id: idOfObject('Message', objectId),
    conversationId:
      conversation === undefined ? undefined : idOfObject('Conversation', conversation.objectId),
    ...person,
    // A file's bytes are not in an export: its address is what is left of it.
    text: [...(text === undefined ? [] : [text]), ...files.map(({ words }) => words)].join('\n'),
    read: typeof object.read === 'boolean' ? object.read : undefined,
    sentAt: timeOf(object.sentAt) ?? timeOf(object.createdAt),
  };
  return made([one('message', record)], { taken: files.map(({ field }) => field) });
}

/** A row of a relation between a conversation and who takes part in it, or what was written in it. */
export function convertJoin(
  relation: 'participants' | 'messages',
  row: ParseObject,
  around: Surroundings,
): Converted {
  const owning = textOf(row.owningId);
  const related = textOf(row.relatedId);
  if (owning === undefined) return refused('owningId', 'is missing');
  if (related === undefined) return refused('relatedId', 'is missing');
  const conversationId = idOfObject('Conversation', owning);
  if (relation === 'messages') {
    const link = { noun: 'link', id: idOfObject('Message', related), parent: conversationId } as const;
    return made([], { aliases: [link] });
  }
  const user = around.agents.users.has(related) ? '_User' : null;
  const person = personOf({ className: user, objectId: related }, around);
  return person === null
    ? refused('relatedId', 'is neither customer nor agent')
    : made([participantOf(conversationId, person)]);
}
