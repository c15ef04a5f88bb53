import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { type JsonSchema, jsonSchema } from '#/lib/api/schema.ts';
import { apiEvents, apiEventTypes, subjectScopes } from '#/lib/events/schema.ts';
import {
  type ChannelKind,
  channels,
  type EventName,
  eventChannels,
  eventPayloads,
} from '#/lib/realtime/events.ts';
import {
  type KeyChannelKind,
  type KeyEventName,
  keyChannelScopes,
  keyChannels,
  keyEventChannels,
  keyEventPayloads,
} from '#/lib/realtime/key-events.ts';
import { writeOrCheck } from '#/scripts/written-file.ts';

/** Writes docs/realtime.md from the catalogues. With `--check` it writes nothing and fails when the file is stale. */

/** What happened, and what to do about it. */
const eventWords: Readonly<Record<EventName, string>> = {
  'message.created':
    'An entry was added. Apply it if your newest order is `after`; below that, fetch what is missing by GET; above, you have it already.',
  'message.available': 'The same for an entry too large for one event: fetch what comes after your newest.',
  'read.changed': 'Somebody has read through that order. Marks only grow: keep the higher one.',
  'typing.changed': 'Somebody types, or stopped. Show it for `forMs` unless it is said again.',
  'conversation.changed': 'A conversation of this customer, as it is now.',
  'ticket.changed': 'A ticket, as it is now. The higher `version` wins.',
  'ticket.removed': 'The ticket is not to be seen here any more.',
  'access.changed': 'Role, department, name or activity of the agent changed.',
  'catalogue.changed': 'Tags, fields, departments, views, saved replies or the workspace changed.',
  'draft.changed': 'One of the agent’s own drafts was saved elsewhere.',
  'notification.created': 'The agent was told of something.',
  'notification.read': 'Notifications were read; all of them for null.',
  'viewing.changed': 'A colleague opened a ticket, types in it, or left it.',
  'ticket.available': 'A ticket too large for one event changed: fetch it.',
  'bulk.changed': 'Work on many tickets began, went on or ended.',
};
const keyEventWords: Readonly<Record<KeyEventName, string>> = {
  'ticket.changed':
    'A ticket was opened or changed; here it is as `GET /api/v1/tickets/{ticketId}` answers it. The higher `version` wins.',
  'ticket.available': 'The same for a ticket too large for one event: fetch it.',
  'ticket.removed': 'The ticket went to another department.',
};
const channelWords: Readonly<Record<ChannelKind | KeyChannelKind, string>> = {
  tickets: 'Every ticket. For keys of all departments.',
  departmentTickets: 'Tickets of one department. For keys of that department.',
  staffConversation: 'The whole log of one conversation, notes too. For keys that may read its ticket.',
  customer: 'The list of one customer’s conversations. For that customer.',
  conversation: 'The public part of one conversation. For its customer.',
  ticketPresence: 'Which agents have a ticket open. For agents.',
  staff: 'Lists of all agents.',
  department: 'Lists of a restricted department’s members.',
  agent: 'What concerns one agent.',
};
const ofKeys = ['tickets', 'departmentTickets', 'staffConversation'] as const;
const ofCustomers = ['customer', 'conversation'] as const;
const ofAgents = ['staff', 'department', 'agent', 'ticketPresence'] as const;

const nameOf: Readonly<Record<ChannelKind | KeyChannelKind, string>> = {
  tickets: keyChannels.tickets(),
  departmentTickets: keyChannels.departmentTickets('{departmentId}'),
  staffConversation: channels.staffConversation('{conversationId}'),
  customer: channels.customer('{customerId}'),
  conversation: channels.conversation('{conversationId}'),
  ticketPresence: channels.ticketPresence('{ticketId}'),
  staff: channels.staff(),
  department: channels.department('{departmentId}'),
  agent: channels.agent('{agentId}'),
};

/** The page in Markdown: how to connect, each channel with its events and their schemas, and the event feed. */
export function renderRealtime(): string {
  return `# Live events

Written by \`scripts/realtime-doc.ts\` from the catalogues in \`lib/realtime/events.ts\`, \`lib/realtime/key-events.ts\` and
\`lib/events/schema.ts\`; \`npm test\` fails when they differ.

Parley speaks the Pusher Channels protocol: any Pusher client connects. **What a token may not read by GET, it never
hears**; a channel that it may not join answers 403.

## Connecting

\`GET /api/v1/realtime\` answers key, host and port. The client asks \`POST /api/v1/realtime/auth\` for each channel, with
the same bearer token, as JSON or as the form that pusher-js sends. A key needs the scope \`realtime:read\` and those of the
channel; a customer token needs nothing else.

\`\`\`js
const at = await (await fetch(\`\${parley}/api/v1/realtime\`, { headers })).json();
const pusher = new Pusher(at.key, {
  wsHost: at.host, wsPort: at.port, wssPort: at.port, forceTLS: at.tls, cluster: at.cluster ?? '',
  enabledTransports: ['ws', 'wss'],
  channelAuthorization: { endpoint: parley + at.authEndpoint, headers },
  userAuthentication: { endpoint: parley + at.authEndpoint, headers },
});
pusher.signin();
pusher.subscribe(at.channels[0]).bind('ticket.changed', ({ ticket }) => console.log(ticket.number, ticket.status));
\`\`\`

- A push may be lost: the protocol promises no delivery. After \`pusher:subscription_succeeded\`, on every connection, read by
  GET what you show, or read on in the event feed below, which misses nothing.
- When the key ends (revoked, expired, its token replaced), its sockets are closed with 4009 within two seconds. When a
  key of one department loses a ticket it listens to, its sockets are closed as well: connect again, and join what is granted.
- \`epoch\` names the database. Another one than before: it was restored from a backup, so read everything anew.
- Sign the user in, as above. Behind a hosted Pusher service that is what lets Parley close your sockets.

## Channels of keys

${ofKeys.map(keySection).join('\n\n')}

## Channels of customers

With a customer token (\`POST /api/v1/customer-tokens\`).

${ofCustomers.map(plainSection).join('\n\n')}

## Channels of the inbox

Agents’ own, which no token of the API joins: they also tell who is looking at what. Named here because the catalogue is
one.

${ofAgents.map(plainSection).join('\n\n')}

## The event feed

\`GET /api/v1/events?after=\` replays what happened, in order, and with \`wait\` stays open until something does. A key hears
an event when it holds \`events:read\` and the scope of what the event is about, and may read that very record. Its
\`before\` and \`after\` name only what GET shows, and \`object\` is the record as it is now.

| type | about | scope | what happened |
| --- | --- | --- | --- |
${apiEventTypes.map(feedRow).join('\n')}

Events about one thing keep the order in which it changed. \`position\` grows and may jump; a position is never given twice,
not even after a restore. Nothing ever appears below a position that was answered, so \`nextAfter\` is all that a reader
has to remember.
`;
}

function feedRow(type: (typeof apiEventTypes)[number]): string {
  const { about, words } = apiEvents[type];
  return `| \`${type}\` | ${about} | \`${subjectScopes[about]}\` | ${words} |`;
}

function keySection(kind: (typeof ofKeys)[number]): string {
  const scopes = keyChannelScopes[kind].map((scope) => `\`${scope}\``).join(' and ');
  const head = `### \`${nameOf[kind]}\`\n\n${channelWords[kind]} Scopes: ${scopes}.`;
  return [head, ...(kind === 'staffConversation' ? plainEvents(kind) : keyEvents(kind))].join('\n\n');
}

function plainSection(kind: ChannelKind): string {
  const events = plainEvents(kind);
  const nothing = events.length === 0 ? ['Carries nothing but who is there.'] : [];
  return [`### \`${nameOf[kind]}\``, channelWords[kind], ...nothing, ...events].join('\n\n');
}

function keyEvents(kind: KeyChannelKind): string[] {
  return names(keyEventPayloads).flatMap((name) =>
    keyEventChannels[name].includes(kind)
      ? [eventText(name, keyEventWords[name], keyEventPayloads[name])]
      : [],
  );
}

function plainEvents(kind: ChannelKind): string[] {
  return names(eventPayloads).flatMap((name) =>
    eventChannels[name].includes(kind) ? [eventText(name, eventWords[name], eventPayloads[name])] : [],
  );
}

/** Safe: our own constants, which have no other keys than their type says. */
function names<Name extends string>(payloads: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(payloads) as Name[];
}

function eventText(name: string, words: string, payload: z.ZodMiniType): string {
  const written = jsonSchema.parse(z.toJSONSchema(payload, { io: 'output' }));
  return `**\`${name}\`** ${words}\n\n\`\`\`ts\n${typeOf(written, '')}\n\`\`\``;
}

/** A JSON Schema in the notation of TypeScript, which is shorter to read. */
function typeOf(schema: JsonSchema, indent: string): string {
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return either.map((one) => typeOf(one, indent)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const kinds = Array.isArray(schema.type) ? schema.type : [schema.type];
  return kinds.map((kind) => kindOf(kind, schema, indent)).join(' | ');
}

function kindOf(kind: unknown, schema: JsonSchema, indent: string): string {
  switch (kind) {
    case 'array':
      return `Array<${itemsOf(schema, indent)}>`;
    case 'object':
      return objectOf(schema, indent);
    case 'integer':
      return 'number';
    default:
      return typeof kind === 'string' ? kind : 'unknown';
  }
}

function itemsOf({ items }: JsonSchema, indent: string): string {
  return typeof items === 'object' ? typeOf(items, indent) : 'unknown';
}

function objectOf(
  { properties = {}, required = [], additionalProperties }: JsonSchema,
  indent: string,
): string {
  const deeper = `${indent}  `;
  const fields = Object.entries(properties).map(
    ([name, field]) => `${deeper}${name}${required.includes(name) ? '' : '?'}: ${typeOf(field, deeper)};`,
  );
  if (fields.length > 0) return `{\n${fields.join('\n')}\n${indent}}`;
  return typeof additionalProperties === 'object'
    ? `Record<string, ${typeOf(additionalProperties, indent)}>`
    : '{}';
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeOrCheck('docs/realtime.md', renderRealtime(), 'scripts/realtime-doc.ts');
}
