import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { app, chattyApp, heard, type Rig, startRig } from './realtime-test-rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

async function joined(channelName: string, identity: Parameters<Rig['client']>[0] = {}) {
  const client = rig.client(identity);
  const channel = client.subscribe(channelName);
  const members = await heard(channel, 'pusher:subscription_succeeded');
  return { client, channel, members };
}

describe('events', () => {
  test.each(['open-channel', 'private-conversation-1', 'presence-ticket-1'])(
    'pusher publishes to %s and pusher-js receives it',
    async (name) => {
      const { channel } = await joined(name, { member: { user_id: 'ann' } });
      const message = heard(channel, 'message.created');
      const response = await rig.api().trigger(name, 'message.created', { text: 'Grüße 👋' });
      expect(await response.json()).toEqual({});
      expect(await message).toEqual({ text: 'Grüße 👋' });
    },
  );

  test('one trigger reaches every channel that it names', async () => {
    const first = await joined('private-a');
    const second = await joined('private-b');
    const both = Promise.all([heard(first.channel, 'news'), heard(second.channel, 'news')]);
    await rig.api().trigger(['private-a', 'private-b', 'private-empty'], 'news', 1);
    expect(await both).toEqual([1, 1]);
  });

  test('the socket that caused an event can be left out', async () => {
    const sender = await joined('private-a');
    const other = await joined('private-a');
    const received: unknown[] = [];
    sender.channel.bind('news', (data: unknown) => received.push(data));
    const lastSeen = Promise.all([heard(sender.channel, 'last'), heard(other.channel, 'news')]);
    await rig.api().trigger('private-a', 'news', 'x', { socket_id: sender.client.connection.socket_id });
    await rig.api().trigger('private-a', 'last', 'y');
    expect(await lastSeen).toEqual(['y', 'x']);
    expect(received).toEqual([]);
  });

  test('a batch arrives in its order', async () => {
    const { channel } = await joined('private-a');
    const received: unknown[] = [];
    channel.bind('count', (data: unknown) => received.push(data));
    const last = heard(channel, 'last');
    const batch = [1, 2, 3].map((data) => ({ channel: 'private-a', name: 'count', data }));
    await rig.api().triggerBatch([...batch, { channel: 'private-a', name: 'last', data: 4 }]);
    await last;
    expect(received).toEqual([1, 2, 3]);
  });

  test('nothing arrives after unsubscribing', async () => {
    const { client, channel } = await joined('private-a');
    const other = client.subscribe('private-c');
    await heard(other, 'pusher:subscription_succeeded');
    const received: unknown[] = [];
    channel.bind('news', (data: unknown) => received.push(data));
    client.unsubscribe('private-a');
    await heard(client.subscribe('private-d'), 'pusher:subscription_succeeded');
    const marker = heard(other, 'marker');
    await rig.api().trigger('private-a', 'news', 1);
    await rig.api().trigger('private-c', 'marker', 2);
    await marker;
    expect(received).toEqual([]);
    expect(rig.realtime().stats()).toMatchObject({ channels: 2, subscriptions: 2 });
  });

  test('encrypted events pass through sealed', async () => {
    const sealing = rig.api({ encryptionMasterKeyBase64: Buffer.alloc(32, 7).toString('base64') });
    const raw = rig.raw();
    const { socketId } = await raw.open();
    const channel = 'private-encrypted-a';
    const { auth } = sealing.authorizeChannel(socketId, channel);
    raw.send({ event: 'pusher:subscribe', data: { channel, auth } });
    expect((await raw.next()).event).toBe('pusher_internal:subscription_succeeded');
    await sealing.trigger(channel, 'secret', 'plain text');
    const { event, data } = await raw.next();
    expect({ event, data }).toEqual({
      event: 'secret',
      data: { nonce: expect.any(String), ciphertext: expect.any(String) },
    });
  });

  test('who joins a cache channel late gets its last event, or is told that there is none', async () => {
    const early = rig.client().subscribe('private-cache-weather');
    await heard(early, 'pusher:cache_miss');
    await rig.api().trigger('private-cache-weather', 'changed', 'rain');
    const late = rig.client().subscribe('private-cache-weather');
    expect(await heard(late, 'changed')).toBe('rain');
  });
});

describe('presence', () => {
  test('a person with two sockets is one member, who leaves with the last of them', async () => {
    const watcher = await joined('presence-room', { member: { user_id: 'ann', user_info: { name: 'Ann' } } });
    expect(watcher.members).toMatchObject({
      count: 1,
      myID: 'ann',
      me: { id: 'ann', info: { name: 'Ann' } },
    });
    const events: unknown[] = [];
    watcher.channel.bind('pusher:member_added', ({ id }: { id: string }) => events.push(`+${id}`));
    watcher.channel.bind('pusher:member_removed', ({ id }: { id: string }) => events.push(`-${id}`));

    const ben = { member: { user_id: 'ben', user_info: { name: 'Ben' } } };
    const firstTab = await joined('presence-room', ben);
    const secondTab = await joined('presence-room', ben);
    expect(secondTab.members).toMatchObject({ count: 2 });
    firstTab.client.disconnect();
    await joined('presence-room', { member: { user_id: 'eve' } });
    const benLeft = heard(watcher.channel, 'pusher:member_removed');
    secondTab.client.disconnect();

    expect(await benLeft).toMatchObject({ id: 'ben' });
    expect(events).toEqual(['+ben', '+eve', '-ben']);
  });

  test('a room takes no more members than its limit, but more sockets of those it has', async () => {
    await rig.stop();
    rig = await startRig({ limits: { membersPerChannelMax: 1 } });
    await joined('presence-room', { member: { user_id: 'ann' } });
    await joined('presence-room', { member: { user_id: 'ann' } });
    const refused = rig.client({ member: { user_id: 'ben' } }).subscribe('presence-room');
    expect(await heard(refused, 'pusher:subscription_error')).toMatchObject({ type: 'LimitReached' });
  });

  test('a signed-in user joins as who they are, without channel data', async () => {
    const client = rig.client({ userId: 'ann' });
    client.signin();
    const channel = client.subscribe('presence-room');
    expect(await heard(channel, 'pusher:subscription_succeeded')).toMatchObject({ count: 1, myID: 'ann' });
  });
});

describe('client events', () => {
  const member = { user_id: 'ann' };

  test('reach the others on the channel with the user who sent them, and not the sender', async () => {
    const sender = await joined('presence-room', { app: chattyApp, member });
    const other = await joined('presence-room', { app: chattyApp, member: { user_id: 'ben' } });
    const echoes: unknown[] = [];
    sender.channel.bind('client-typing', () => echoes.push('echo'));
    const received = new Promise((resolve) => {
      other.channel.bind('client-typing', (data: unknown, from: unknown) => resolve([data, from]));
    });
    sender.channel.trigger('client-typing', { isTyping: true });
    expect(await received).toEqual([{ isTyping: true }, { user_id: 'ann' }]);
    const reply = heard(sender.channel, 'client-reply');
    other.channel.trigger('client-reply', {});
    await reply;
    expect(echoes).toEqual([]);
  });

  test('are refused where the app has them switched off', async () => {
    const { client, channel } = await joined('presence-room', { member });
    const error = heard(client.connection, 'error');
    channel.trigger('client-typing', {});
    expect(await error).toMatchObject({ type: 'PusherError', data: { code: 4301 } });
    expect(client.connection.state).toBe('connected');
  });

  test('are refused on public channels', async () => {
    const { client, channel } = await joined('lobby', { app: chattyApp });
    const error = heard(client.connection, 'error');
    channel.trigger('client-typing', {});
    expect(await error).toMatchObject({ data: { code: 4301 } });
  });

  test('stop at ten a second and go on in the next', async () => {
    await rig.stop();
    let nowMs = 1_000_000;
    rig = await startRig({ now: () => nowMs });
    const sender = await joined('private-a', { app: chattyApp });
    const other = await joined('private-a', { app: chattyApp });
    const received: unknown[] = [];
    other.channel.bind('client-n', (data: unknown) => received.push(data));
    const error = heard(sender.client.connection, 'error');
    for (let n = 1; n <= 11; n += 1) sender.channel.trigger('client-n', n);
    const message = 'Client event rejected due to rate limit';
    expect(await error).toMatchObject({ data: { code: 4301, message } });
    nowMs += 1_000;
    const next = heard(other.channel, 'client-next');
    sender.channel.trigger('client-next', {});
    await next;
    expect(received).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});

describe('users', () => {
  test('an event for a user reaches all of their sockets and nobody else', async () => {
    const [first, second, other] = ['ann', 'ann', 'ben'].map((userId) => rig.client({ userId }));
    for (const client of [first, second, other]) client?.signin();
    await until(() => rig.realtime().stats().subscriptions === 3);
    const received = Promise.all([first, second].map((client) => client && heard(client.user, 'told')));
    const leaked: unknown[] = [];
    other?.user.bind('told', (data: unknown) => leaked.push(data));
    await rig.api().sendToUser('ann', 'told', { n: 1 });
    expect(await received).toEqual([{ n: 1 }, { n: 1 }]);
    const marker = other && heard(other.user, 'marker');
    await rig.api().sendToUser('ben', 'marker', {});
    await marker;
    expect(leaked).toEqual([]);
  });

  test('terminating a user closes their sockets for good and leaves the others alone', async () => {
    const ann = rig.client({ userId: 'ann' });
    const ben = rig.client({ userId: 'ben' });
    for (const client of [ann, ben]) client.signin();
    await until(() => rig.realtime().stats().subscriptions === 2);
    const error = heard(ann.connection, 'error');
    const disconnected = heard(ann.connection, 'disconnected');
    await rig.api().terminateUserConnections('ann');
    expect(await error).toMatchObject({ data: { code: 4009 } });
    await disconnected;
    expect(ben.connection.state).toBe('connected');
    expect(rig.realtime().stats().connections).toBe(1);
  });

  test("a stranger cannot join a user's channel", async () => {
    const raw = rig.raw();
    await raw.open();
    raw.send({ event: 'pusher:subscribe', data: { channel: '#server-to-user-ann', auth: '' } });
    expect(await raw.next()).toMatchObject({ event: 'pusher:subscription_error', data: { status: 401 } });
  });

  test('a forged sign-in and a second identity are refused', async () => {
    const raw = rig.raw();
    const { socketId } = await raw.open();
    const forged = rig.api({ secret: 'guess' }).authenticateUser(socketId, { id: 'ann' });
    raw.send({ event: 'pusher:signin', data: forged });
    expect(await raw.next()).toMatchObject({ event: 'pusher:error', data: { code: 4009 } });
    raw.send({ event: 'pusher:signin', data: rig.api().authenticateUser(socketId, { id: 'ann' }) });
    expect((await raw.next()).event).toBe('pusher:signin_success');
    raw.send({ event: 'pusher:signin', data: rig.api().authenticateUser(socketId, { id: 'ben' }) });
    expect(await raw.next()).toMatchObject({ event: 'pusher:error', data: { code: 4009 } });
  });
});

describe('queries', () => {
  async function get(path: string, params: Record<string, string> = {}) {
    return (await rig.api().get({ path, params })).json();
  }

  test('channels are listed with the counts asked for', async () => {
    await joined('presence-room', { member: { user_id: 'ann' } });
    await joined('presence-room', { member: { user_id: 'ann' } });
    await joined('private-a');
    expect(await get('/channels')).toEqual({ channels: { 'presence-room': {}, 'private-a': {} } });
    const info = 'user_count,subscription_count';
    expect(await get('/channels', { filter_by_prefix: 'presence-', info })).toEqual({
      channels: { 'presence-room': { user_count: 1, subscription_count: 2 } },
    });
    expect(await get('/channels/presence-room', { info })).toEqual({
      occupied: true,
      user_count: 1,
      subscription_count: 2,
    });
    expect(await get('/channels/private-empty')).toEqual({ occupied: false });
    expect(await get('/channels/presence-room/users')).toEqual({ users: [{ id: 'ann' }] });
  });

  test('what a channel has no answer to is 400', async () => {
    for (const path of ['/channels/private-a/users', '/channels/bad name']) {
      await expect(get(path)).rejects.toMatchObject({ status: 400 });
    }
    await expect(get('/channels/private-a', { info: 'user_count' })).rejects.toMatchObject({ status: 400 });
    await expect(get('/channels', { info: 'user_count' })).rejects.toMatchObject({ status: 400 });
    await expect(get('/nothing')).rejects.toMatchObject({ status: 404 });
  });

  test('publishing can ask for the counts of the channels it reached', async () => {
    await joined('private-a');
    const info = 'subscription_count';
    const one = await rig.api().trigger(['private-a', 'private-b'], 'news', 1, { info });
    expect(await one.json()).toEqual({
      channels: { 'private-a': { subscription_count: 1 }, 'private-b': { subscription_count: 0 } },
    });
    const batch = [
      { channel: 'private-a', name: 'news', data: 1, info },
      { channel: 'private-b', name: 'news', data: 1 },
    ];
    expect(await (await rig.api().triggerBatch(batch)).json()).toEqual({
      batch: [{ subscription_count: 1 }, {}],
    });
  });
});

describe('the life of a connection', () => {
  test('a restart is answered by reconnecting and subscribing again', async () => {
    const { client, channel } = await joined('private-a');
    const firstId = client.connection.socket_id;
    const error = heard(client.connection, 'error');
    const subscribedAgain = heard(channel, 'pusher:subscription_succeeded');
    await rig.restart();
    expect(await error).toMatchObject({ type: 'PusherError', data: { code: 4200 } });
    await subscribedAgain;
    expect(client.connection.socket_id).not.toBe(firstId);
    const news = heard(channel, 'news');
    await rig.api().trigger('private-a', 'news', 1);
    expect(await news).toBe(1);
  });

  test('an unknown key is told never to come back', async () => {
    const client = rig.client({ app: { ...app, key: 'unknown' } });
    const error = heard(client.connection, 'error');
    await heard(client.connection, 'disconnected');
    expect(await error).toMatchObject({ error: { data: { code: 4001 } } });
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}
