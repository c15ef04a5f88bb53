import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { app, chattyApp, type RawClient, type Rig, startRig } from './realtime-test-rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

async function restartRig(options: Parameters<typeof startRig>[0]): Promise<void> {
  await rig.stop();
  rig = await startRig(options);
}

async function subscribe(raw: RawClient, data: Record<string, unknown>) {
  raw.send({ event: 'pusher:subscribe', data });
  return raw.next();
}

describe('connecting', () => {
  test.each([
    ['/app/nobody?protocol=7', 4001],
    [`/app/${app.key}/more?protocol=7`, 4005],
    [`/app/${app.key}?protocol=seven`, 4006],
    [`/app/${app.key}?protocol=7&version=%00`, 4006],
    [`/app/${app.key}?protocol=4`, 4007],
    [`/app/${app.key}?protocol=8`, 4007],
    [`/app/${app.key}`, 4008],
    ['/app/%E0%A4%A?protocol=7', 4001],
  ])('%s is closed with %i', async (path, code) => {
    expect((await rig.raw(path).closed).code).toBe(code);
    expect(rig.realtime().stats().connections).toBe(0);
  });

  test('the greeting carries a socket id that pusher can sign and the activity timeout', async () => {
    const greeting = await rig.raw().open();
    expect(greeting.socketId).toMatch(/^\d+\.\d+$/);
    expect(greeting.activityTimeout).toBe(15);
  });

  test('a full app says come back later, and has room again when somebody leaves', async () => {
    await restartRig({ limits: { connectionsPerAppMax: 1 } });
    const first = rig.raw();
    await first.open();
    expect((await rig.raw().closed).code).toBe(4100);
    first.socket.close();
    await first.closed;
    await rig.raw().open();
  });

  test('one network address cannot take all the room, nor can one /64', async () => {
    await restartRig({ limits: { connectionsPerAddressMax: 1 } });
    const from = (address: string) => rig.raw(undefined, { 'x-test-address': address });
    await from('192.0.2.1').open();
    await from('2001:db8:1:2::1').open();
    expect((await from('192.0.2.1').closed).code).toBe(4100);
    expect((await from('::ffff:192.0.2.1').closed).code).toBe(4100);
    expect((await from('2001:db8:1:2:ffff::9').closed).code).toBe(4100);
    await from('2001:db8:1:3::1').open();
    await from('127.0.0.1').open();
    await from('127.0.0.1').open();
  });

  test('other upgrades are left to others', async () => {
    expect((await rig.raw('/_next/hmr').closed).code).toBe(1006);
  });

  test('a socket that answers no ping is closed with 4201 and leaves its channels', async () => {
    await restartRig({ activityTimeoutSeconds: 0.05 });
    const silent = rig.raw(undefined, { 'x-no-pong': '1' });
    await silent.open();
    expect(await subscribe(silent, { channel: 'lobby' })).toMatchObject({ channel: 'lobby' });
    expect((await silent.closed).code).toBe(4201);
    expect(rig.realtime().stats()).toMatchObject({ connections: 0, channels: 0, subscriptions: 0 });
  });

  test('a quiet socket that answers pings stays', async () => {
    await restartRig({ activityTimeoutSeconds: 0.05 });
    const quiet = rig.raw();
    await quiet.open();
    for (let pings = 0; pings < 5; pings += 1) {
      await new Promise((resolve) => quiet.socket.once('ping', resolve));
    }
    quiet.send({ event: 'pusher:ping', data: {} });
    expect((await quiet.next()).event).toBe('pusher:pong');
  });

  test('closing sends everybody away to reconnect, and who comes during it a second later', async () => {
    const early = rig.raw();
    await early.open();
    // Nothing of this client answers, so closing goes on while the other one arrives.
    const stuck = rig.raw();
    await stuck.open();
    stuck.socket.pause();
    const closing = rig.realtime().close();
    expect((await early.closed).code).toBe(4200);
    expect((await rig.raw().closed).code).toBe(4100);
    stuck.socket.terminate();
    await closing;
  });
});

describe('subscribing', () => {
  const refused = { event: 'pusher:subscription_error', data: { type: 'AuthError', status: 401 } };

  test('a private channel needs a signature for exactly this socket and channel', async () => {
    const raw = rig.raw();
    const { socketId } = await raw.open();
    const channel = 'private-a';
    const sign = (id: string, name: string, from = rig.api()) => from.authorizeChannel(id, name).auth;
    const valid = sign(socketId, channel);
    const attempts = [
      undefined,
      '',
      'nonsense',
      `${app.key}:`,
      valid.slice(0, -1),
      `${valid}0`,
      valid.toUpperCase(),
      valid.replace(app.key, chattyApp.key),
      sign('1.1', channel),
      sign(socketId, 'private-b'),
      sign(socketId, channel, rig.api({ secret: 'guess' })),
      sign(socketId, channel, rig.api(chattyApp)),
    ];
    for (const auth of attempts) {
      expect(await subscribe(raw, { channel, auth })).toMatchObject({ ...refused, channel });
    }
    expect(await subscribe(raw, { channel, auth: valid })).toMatchObject({
      event: 'pusher_internal:subscription_succeeded',
    });
  });

  test('presence data other than what was signed is refused', async () => {
    const raw = rig.raw();
    const { socketId } = await raw.open();
    const channel = 'presence-a';
    const { auth, channel_data } = rig.api().authorizeChannel(socketId, channel, { user_id: 'ann' });
    const forged = JSON.stringify({ user_id: 'admin' });
    expect(await subscribe(raw, { channel, auth, channel_data: forged })).toMatchObject(refused);
    expect(await subscribe(raw, { channel, auth })).toMatchObject(refused);
    const bare = rig.api().authorizeChannel(socketId, channel);
    expect(await subscribe(raw, { channel, auth: bare.auth })).toMatchObject(refused);
    expect(await subscribe(raw, { channel, auth, channel_data })).toMatchObject({
      data: { presence: { ids: ['ann'], count: 1 } },
    });
  });

  test.each([{ user_id: 'x'.repeat(129) }, { user_id: 'ann', user_info: { about: 'x'.repeat(1100) } }])(
    'presence data above its limit is refused',
    async (member) => {
      const raw = rig.raw();
      const { socketId } = await raw.open();
      const signed = rig.api().authorizeChannel(socketId, 'presence-a', member);
      const reply = await subscribe(raw, { channel: 'presence-a', ...signed });
      expect(reply).toMatchObject({ event: 'pusher:subscription_error', data: { type: 'LimitReached' } });
    },
  );

  test.each(['', 'with space', 'ünïcode', 'a/b', `private-${'x'.repeat(160)}`, '#other', 'a#b'])(
    'the channel name "%s" is refused',
    async (channel) => {
      const raw = rig.raw();
      await raw.open();
      expect(await subscribe(raw, { channel })).toMatchObject({
        event: 'pusher:subscription_error',
        data: { status: 4009 },
      });
      expect(rig.realtime().stats().channels).toBe(0);
    },
  );

  test('a member called __proto__ is only a member', async () => {
    const raw = rig.raw();
    const { socketId } = await raw.open();
    const member = { user_id: '__proto__', user_info: { isAdmin: true } };
    const signed = rig.api().authorizeChannel(socketId, 'presence-a', member);
    const reply = await subscribe(raw, { channel: 'presence-a', ...signed });
    expect(reply).toMatchObject({ data: { presence: { ids: ['__proto__'], count: 1 } } });
    expect(Object.prototype).not.toHaveProperty('isAdmin');
  });

  test('the second subscription to a channel is an error and changes nothing', async () => {
    const raw = rig.raw();
    await raw.open();
    await subscribe(raw, { channel: 'lobby' });
    const reply = await subscribe(raw, { channel: 'lobby' });
    expect(reply).toMatchObject({
      event: 'pusher:error',
      data: { code: null, message: 'Existing subscription to channel lobby' },
    });
    expect(rig.realtime().stats().subscriptions).toBe(1);
  });

  test('a connection holds no more subscriptions than allowed', async () => {
    await restartRig({ limits: { subscriptionsPerConnectionMax: 1 } });
    const raw = rig.raw();
    await raw.open();
    await subscribe(raw, { channel: 'first' });
    const reply = await subscribe(raw, { channel: 'second' });
    expect(reply).toMatchObject({ event: 'pusher:subscription_error', data: { type: 'LimitReached' } });
  });

  test('the same key in two apps is two worlds', async () => {
    const raw = rig.raw(`/app/${chattyApp.key}?protocol=7`);
    await raw.open();
    await subscribe(raw, { channel: 'lobby' });
    await rig.api().trigger('lobby', 'news', 1);
    await rig.api(chattyApp).trigger('lobby', 'news', 2);
    expect(await raw.next()).toMatchObject({ event: 'news', data: 2 });
  });
});

describe('ending a user', () => {
  const refused = { event: 'pusher:subscription_error', data: { type: 'AuthError', status: 401 } };
  const joined = { event: 'pusher_internal:subscription_succeeded' };

  /** A grant as our application makes it: for any channel, the user and the moment of asking are signed along. */
  function grant(socketId: string, channel: string, user: string, grantedAtMs = Date.now()) {
    const data = { user_id: user, parley_user: user, granted_at: grantedAtMs };
    return { channel, ...rig.api().authorizeChannel(socketId, channel, data) };
  }

  test('reaches a socket that never signed in, on private and presence channels', async () => {
    const sockets = ['private-a', 'presence-a'].map((channel) => ({ channel, raw: rig.raw() }));
    const stranger = rig.raw();
    const { socketId: strangersId } = await stranger.open();
    await subscribe(stranger, grant(strangersId, 'private-a', 'ben'));
    for (const { channel, raw } of sockets) {
      const { socketId } = await raw.open();
      expect(await subscribe(raw, grant(socketId, channel, 'ann'))).toMatchObject(joined);
    }
    await rig.api().terminateUserConnections('ann');
    for (const { raw } of sockets) expect((await raw.closed).code).toBe(4009);
    expect(rig.realtime().stats()).toMatchObject({ connections: 1, subscriptions: 1 });
  });

  test('leaving the signed data out, or changing it, is no way around it', async () => {
    const raw = rig.raw();
    const { socketId } = await raw.open();
    const { auth, channel } = grant(socketId, 'private-a', 'ann');
    const forged = JSON.stringify({ user_id: 'ben', parley_user: 'ben', granted_at: Date.now() });
    expect(await subscribe(raw, { channel, auth })).toMatchObject(refused);
    expect(await subscribe(raw, { channel, auth, channel_data: '' })).toMatchObject(refused);
    expect(await subscribe(raw, { channel, auth, channel_data: forged })).toMatchObject(refused);
  });

  test('takes along what was granted before it and not used yet, and nothing that is granted after', async () => {
    const raw = rig.raw();
    const { socketId } = await raw.open();
    const kept = grant(socketId, 'private-a', 'ann');
    const ofAnother = grant(socketId, 'private-b', 'ben');
    await rig.api().terminateUserConnections('ann');
    expect(await subscribe(raw, kept)).toMatchObject(refused);
    expect(await subscribe(raw, ofAnother)).toMatchObject(joined);
    const again = rig.raw();
    const { socketId: againId } = await again.open();
    expect(await subscribe(again, grant(againId, 'private-a', 'ann', Date.now() + 1))).toMatchObject(joined);
  });

  test('a grant that was kept for longer than a minute opens nothing', async () => {
    const raw = rig.raw();
    const { socketId } = await raw.open();
    const old = grant(socketId, 'private-a', 'ann', Date.now() - 61_000);
    expect(await subscribe(raw, old)).toMatchObject(refused);
  });

  test('one socket is one user: it takes no second one’s grants', async () => {
    const raw = rig.raw();
    const { socketId } = await raw.open();
    expect(await subscribe(raw, grant(socketId, 'private-a', 'ann'))).toMatchObject(joined);
    expect(await subscribe(raw, grant(socketId, 'private-b', 'ben'))).toMatchObject(refused);
    raw.send({ event: 'pusher:signin', data: rig.api().authenticateUser(socketId, { id: 'ben' }) });
    expect(await raw.next()).toMatchObject({ event: 'pusher:error', data: { code: 4009 } });
    raw.send({ event: 'pusher:signin', data: rig.api().authenticateUser(socketId, { id: 'ann' }) });
    expect((await raw.next()).event).toBe('pusher:signin_success');
  });
});

describe('hostile frames', () => {
  async function expectAlive(): Promise<void> {
    const raw = rig.raw();
    await raw.open();
    raw.send({ event: 'pusher:ping', data: {} });
    expect((await raw.next()).event).toBe('pusher:pong');
    raw.socket.terminate();
  }

  test.each([
    ['a binary frame', Buffer.from('{}'), true, 1003],
    ['bad UTF-8', Buffer.from([0x7b, 0xff, 0xfe]), false, 1007],
    ['a frame above 16 KB', Buffer.alloc(16 * 1024 + 1, 0x20), false, 1009],
  ])('%s closes that socket alone', async (_, bytes, binary, code) => {
    const raw = rig.raw();
    await raw.open();
    raw.socket.send(bytes, { binary });
    expect((await raw.closed).code).toBe(code);
    await expectAlive();
  });

  test('a flood of frames is told to come back later', async () => {
    await restartRig({ limits: { framesPerRoundMax: 20 } });
    const raw = rig.raw();
    await raw.open();
    for (let n = 0; n < 21; n += 1) raw.send({ event: 'pusher:ping', data: {} });
    expect((await raw.closed).code).toBe(4100);
  });

  test('whatever a client sends, it gets a protocol frame or a close, and the server goes on', async () => {
    const event = fc.oneof(
      fc.constantFrom('pusher:subscribe', 'pusher:unsubscribe', 'pusher:signin', 'pusher:pong', 'client-x'),
      fc.string(),
    );
    const known = {
      channel: fc.anything(),
      auth: fc.anything(),
      channel_data: fc.anything(),
      user_data: fc.string(),
    };
    const data = fc.oneof(fc.record(known, { requiredKeys: [] }), fc.json(), fc.anything());
    const frame = fc.oneof(
      fc.record({ event, channel: fc.string(), data }, { requiredKeys: [] }).map(stringify),
      fc.json(),
      fc.string({ unit: 'binary' }),
      fc.integer({ min: 1, max: 8_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
      fc.integer({ min: 1, max: 3_000 }).map(nestedClientEvent),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 20 }), async (frames) => {
        const raw = rig.raw(`/app/${chattyApp.key}?protocol=7`);
        await raw.open();
        for (const text of frames) raw.send(text);
        raw.send({ event: 'pusher:ping', data: {} });
        let reply = await Promise.race([raw.next(), raw.closed]);
        while ('event' in reply && reply.event !== 'pusher:pong') {
          expect(reply.event).toMatch(/^pusher(_internal)?:/);
          reply = await Promise.race([raw.next(), raw.closed]);
        }
        raw.socket.terminate();
      }),
      { numRuns: 150 },
    );
    await expectAlive();
  });

  test('random bytes as text frames never end the server', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
        const raw = rig.raw();
        await raw.open();
        raw.socket.send(bytes, { binary: false });
        await Promise.race([raw.next(), raw.closed]);
        raw.socket.terminate();
      }),
      { numRuns: 100 },
    );
    await expectAlive();
  });

  test('a reader that stops reading is cut off instead of filling memory', async () => {
    await restartRig({ limits: { bufferedBytesMax: 64 * 1024 } });
    const stuck = rig.raw();
    await stuck.open();
    await subscribe(stuck, { channel: 'lobby' });
    stuck.socket.pause();
    const batch = Array.from({ length: 10 }, () => ({
      channel: 'lobby',
      name: 'x',
      data: 'x'.repeat(10_000),
    }));
    let publishedCount = 0;
    while (rig.realtime().stats().connections > 0) {
      await rig.api().triggerBatch(batch.map((event) => ({ ...event })));
      publishedCount += 1;
      expect(publishedCount).toBeLessThan(500);
    }
    stuck.socket.resume();
    expect((await stuck.closed).code).toBe(4200);
  });
});

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    return 'null';
  }
}

function nestedClientEvent(depth: number): string {
  const data = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  return `{"event":"client-x","channel":"private-x","data":${data.slice(0, 15_000)}}`;
}
