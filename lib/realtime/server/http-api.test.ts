import { createHash, createHmac } from 'node:crypto';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { app, chattyApp, type Rig, startRig } from './realtime-test-rig.ts';

const nowMs = 1_700_000_000_000;
const path = `/apps/${app.id}/events`;
const body = JSON.stringify({ name: 'news', channels: ['private-a'], data: '{}' });

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

function signedQuery(
  options: { method?: string; path?: string; body?: string; api?: ReturnType<Rig['api']> } = {},
) {
  const { api = rig.api(), ...request } = options;
  return api.createSignedQueryString({ method: 'POST', path, body, ...request });
}

async function post(query: string, sent: string | Blob | ReadableStream = body, to = path) {
  const response = await fetch(`http://127.0.0.1:${rig.port}${to}?${query}`, {
    method: 'POST',
    body: sent,
    ...(sent instanceof ReadableStream && { duplex: 'half' }),
  });
  return { status: response.status, text: await response.text() };
}

describe('signatures', () => {
  test('a request as pusher signs it is accepted', async () => {
    expect(await post(signedQuery())).toEqual({ status: 200, text: '{}' });
  });

  test('every change to a signed request is refused with 401', async () => {
    const query = signedQuery();
    const signature = new URLSearchParams(query).get('auth_signature') ?? '';
    const attacks: [string, Promise<{ status: number; text: string }>][] = [
      ['wrong secret', post(signedQuery({ api: rig.api({ secret: 'guess' }) }))],
      ['unknown key', post(signedQuery({ api: rig.api({ key: 'unknown' }) }))],
      ["another app's key", post(signedQuery({ api: rig.api(chattyApp) }))],
      ['changed body', post(query, body.replace('private-a', 'private-b'))],
      ['no body', post(query, '')],
      ['unsigned body', post(signedQuery({ body: '' }))],
      ['changed path', post(query, body, `/apps/${app.id}/batch_events`)],
      ['changed method', post(signedQuery({ method: 'PUT' }))],
      ['added parameter', post(`${query}&info=user_count`)],
      ['doubled parameter', post(`${query}&auth_key=${app.key}`)],
      ['missing signature', post(query.replace(/&auth_signature=.*/, ''))],
      ['empty signature', post(query.replace(signature, ''))],
      ['shorter signature', post(query.replace(signature, signature.slice(0, -1)))],
      ['longer signature', post(query.replace(signature, `${signature}0`))],
      ['upper case signature', post(query.replace(signature, signature.toUpperCase()))],
      ['non-ASCII signature', post(query.replace(signature, 'é'.repeat(32)))],
      ['nothing', post('')],
    ];
    for (const [name, attempt] of attacks) {
      const { status, text } = await attempt;
      expect({ name, status }).toEqual({ name, status: 401 });
      expect(text).not.toContain(app.secret);
    }
  });

  test.each([
    [-601, 401],
    [-599, 200],
    [599, 200],
    [601, 401],
  ])('a request whose clock is %i s off gets %i', async (offSeconds, status) => {
    await rig.stop();
    rig = await startRig({ now: () => nowMs });
    const fields = { auth_key: app.key, auth_timestamp: nowMs / 1000 + offSeconds, auth_version: '1.0' };
    const channels = `/apps/${app.id}/channels`;
    const url = `http://127.0.0.1:${rig.port}${channels}?${signFields('GET', channels, fields)}`;
    expect((await fetch(url)).status).toBe(status);
  });

  test('an unknown app is 404, other paths are left to others', async () => {
    expect((await post(signedQuery(), body, '/apps/other/events')).status).toBe(404);
    expect((await post(signedQuery(), body, '/elsewhere')).status).toBe(418);
    expect((await post(signedQuery(), body, `/apps/${app.id}`)).status).toBe(418);
  });
});

test('a failure of our own is answered with 500 and logged, and nothing of it is told', async () => {
  await rig.stop();
  const logged: unknown[] = [];
  const log = (fields: Record<string, unknown>) => logged.push(fields.error);
  const surprise = new Error('the clock is broken');
  rig = await startRig({
    logger: { info: log, warn: log, error: log },
    now: () => {
      throw surprise;
    },
  });
  expect(await post(signedQuery())).toEqual({ status: 500, text: 'Internal error\n' });
  expect(logged).toEqual([surprise]);
});

describe('limits', () => {
  const event = { name: 'news', channel: 'private-a', data: 'x' };
  const channelNames = (count: number) => Array.from({ length: count }, (_, n) => `private-${n}`);

  async function send(to: 'events' | 'batch_events', content: unknown) {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    const target = `/apps/${app.id}/${to}`;
    return (await post(signedQuery({ path: target, body: text }), text, target)).status;
  }

  test.each([
    ['no name', { ...event, name: undefined }, 400],
    ['an empty name', { ...event, name: '' }, 400],
    ['a name of 200 characters', { ...event, name: 'n'.repeat(200) }, 200],
    ['a name of 201 characters', { ...event, name: 'n'.repeat(201) }, 400],
    ['a reserved name', { ...event, name: 'pusher_internal:member_added' }, 400],
    ['data that is not a string', { ...event, data: {} }, 400],
    ['10 KB of data', { ...event, data: 'x'.repeat(10_240) }, 200],
    ['more than 10 KB of data', { ...event, data: 'x'.repeat(10_241) }, 413],
    ['more than 10 KB in bytes', { ...event, data: 'ü'.repeat(5_121) }, 413],
    ['100 channels', { name: 'n', data: '', channels: channelNames(100) }, 200],
    ['101 channels', { name: 'n', data: '', channels: channelNames(101) }, 400],
    ['no channel', { name: 'n', data: '' }, 400],
    ['a bad channel', { ...event, channel: 'a b' }, 400],
    ['a bad channel among good ones', { name: 'n', data: '', channels: ['a', 'b/c'] }, 400],
    ['a bad socket id', { ...event, socket_id: '1' }, 400],
    ['an unknown attribute', { ...event, info: 'secrets' }, 400],
    ['not JSON', '{', 400],
    ['an array', [], 400],
  ])('an event with %s', async (_, content, status) => {
    expect(await send('events', content)).toBe(status);
  });

  test('a batch of ten full events passes, whatever their bytes cost in JSON', async () => {
    const full = { ...event, data: '"'.repeat(10_240) };
    expect(await send('batch_events', { batch: Array.from({ length: 10 }, () => full) })).toBe(200);
  });

  test('a batch of eleven is refused', async () => {
    expect(await send('batch_events', { batch: Array.from({ length: 11 }, () => event) })).toBe(400);
  });

  test('one bad event refuses its whole batch before anything is sent', async () => {
    const raw = rig.raw();
    await raw.open();
    raw.send({ event: 'pusher:subscribe', data: { channel: 'lobby' } });
    await raw.next();
    const good = { ...event, channel: 'lobby' };
    expect(await send('batch_events', { batch: [good, { ...good, channel: 'a b' }] })).toBe(400);
    expect(await send('batch_events', { batch: [good, { ...good, data: 'x'.repeat(10_241) }] })).toBe(413);
    await rig.api().trigger('lobby', 'last', 1);
    expect((await raw.next()).event).toBe('last');
  });

  test('a body above the limit is counted as it streams and answered with 413', async () => {
    const large = 'x'.repeat(500_000);
    expect((await post(signedQuery({ body: large }), large)).status).toBe(413);
    const stream = new Blob([large]).stream();
    expect((await post(signedQuery({ body: large }), stream)).status).toBe(413);
  });

  test.each([
    ['signed', () => signedQuery()],
    ['unsigned', () => ''],
  ])('a body without end is cut off when the request is %s', async (_, query) => {
    const endless = request({ port: rig.port, path: `${path}?${query()}`, method: 'POST' });
    const chunk = Buffer.alloc(65_536, 0x20);
    const pour = () => {
      while (!endless.destroyed && endless.write(chunk));
    };
    const cutOff = new Promise((resolve) => endless.on('error', resolve));
    endless.on('drain', pour);
    pour();
    expect(await cutOff).toBeInstanceOf(Error);
    expect((await post(signedQuery())).status).toBe(200);
  });

  test('bytes that are not UTF-8 are refused, not repaired', async () => {
    const bytes = Buffer.from(body.replace('{}', 'é'), 'latin1');
    const fields = {
      auth_key: app.key,
      auth_timestamp: Math.floor(Date.now() / 1000),
      auth_version: '1.0',
      body_md5: createHash('md5').update(bytes).digest('hex'),
    };
    expect((await post(signFields('POST', path, fields), new Blob([bytes]))).status).toBe(400);
  });
});

/** Signs as pusher does, with a clock and a body that it would not send. */
function signFields(method: string, to: string, fields: Record<string, string | number>): string {
  const query = Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const signature = createHmac('sha256', app.secret).update(`${method}\n${to}\n${query}`).digest('hex');
  return `${query}&auth_signature=${signature}`;
}
