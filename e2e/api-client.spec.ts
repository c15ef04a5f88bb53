import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import createClient from 'openapi-fetch';
import { signIn } from '../bench/adapters/parley-calls.ts';
import { makeKey } from '../bench/adapters/parley-keys.ts';
import { openHttpClient } from '../bench/http-client.ts';
import { newId } from '../lib/ids.ts';
import type { paths } from './parley-api.d.ts';
import { expect, type House, test } from './people.ts';

const program = fileURLToPath(new URL('api-program.ts', import.meta.url));
const run = promisify(execFile);
const scopes = ['tickets:write', 'conversations:write', 'messages:write', 'customers:write', 'events:read'];

async function keyOf(house: House, name: string): Promise<string> {
  const http = openHttpClient(house.app.url);
  const { email, password } = house.admin;
  await signIn(http, { url: house.app.url, widgetKey: house.widgetKey, realtimeKey: '', email, password });
  const { token } = await makeKey(http, { name, scopes });
  http.close();
  return token;
}

const clientOf = (house: House, token: string) =>
  createClient<paths>({ baseUrl: house.app.url, headers: { authorization: `Bearer ${token}` } });

test('a typed client opens a ticket, changes it, loses a race, and reads what happened', async ({
  agent,
  house,
}) => {
  const parley = clientOf(house, await keyOf(house, 'Order sync'));
  const made = await parley.POST('/api/v1/customers', {
    params: { header: { 'Idempotency-Key': newId() } },
    body: { name: 'Lena Fischer', email: 'lena@example.com' },
  });
  const customerId = made.data?.id ?? '';
  const [ticketId, conversationId] = [newId(), newId()];
  const opened = await parley.POST('/api/v1/tickets', {
    body: {
      id: ticketId,
      conversationId,
      customerId,
      subject: 'A parcel that a program knows of',
      message: { id: newId(), text: 'Your parcel is late. We are looking into it.' },
    },
  });
  expect(opened.response.status).toBe(201);
  await agent.page.getByRole('link', { name: /^Unassigned/ }).click();
  await agent.open('A parcel that a program knows of');
  await expect(agent.log).toContainText('We are looking into it.');

  const etag = opened.response.headers.get('etag') ?? '';
  const path = { ticketId };
  const change = (priority: 'high' | 'low') =>
    parley.PATCH('/api/v1/tickets/{ticketId}', {
      params: { path, header: { 'If-Match': etag } },
      body: { priority },
    });
  const [first, second] = [await change('high'), await change('low')];
  expect(first.data?.priority).toBe('high');
  expect(second.error?.code).toBe('changed_meanwhile');
  expect(second.response.headers.get('etag')).toBe(first.response.headers.get('etag'));

  const sent = await parley.POST('/api/v1/conversations/{conversationId}/messages', {
    params: { path: { conversationId } },
    body: { id: newId(), text: 'It arrives tomorrow.' },
  });
  // Between the two replies stands the change, for the team only.
  expect(sent.data).toMatchObject({ order: 3, publicOrder: 2, read: false, senderName: 'Order sync' });
  await expect(agent.log).toContainText('It arrives tomorrow.');

  const { data: events } = await parley.GET('/api/v1/events', {
    params: { query: { after: '0', ticketId } },
  });
  const types = events?.data.map(({ type }) => type);
  expect(types).toEqual(['ticket.created', 'message.created', 'ticket.changed', 'message.created']);
});

test('the program of docs/api.md stands there as it is run here, and works', async ({ house }) => {
  const documented = readFileSync(new URL('../docs/api.md', import.meta.url), 'utf8');
  expect(documented).toContain(`\`\`\`ts\n${readFileSync(program, 'utf8')}\`\`\``);
  const token = await keyOf(house, 'Lister');
  const parley = clientOf(house, token);
  const { data: lena } = await parley.POST('/api/v1/customers', {
    params: { header: { 'Idempotency-Key': newId() } },
    body: { name: 'Lena Fischer' },
  });
  const subject = `For the program ${newId().slice(-6)}`;
  const { data: ticket } = await parley.POST('/api/v1/tickets', {
    body: { id: newId(), conversationId: newId(), customerId: lena?.id ?? '', subject },
  });
  const env = { ...process.env, PARLEY: house.app.url, PARLEY_KEY: token };
  const { stdout } = await run(process.execPath, ['--disable-warning=ExperimentalWarning', program], { env });
  expect(stdout).toContain(`#${ticket?.number} ${subject} (Lena Fischer)`);
});
