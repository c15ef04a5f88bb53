import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fail, succeed } from '#/lib/errors.ts';
import { app, type Rig, startRig } from '#/lib/realtime/server/realtime-test-rig.ts';
import { type Authorization, connectLive } from '#/lib/realtime/subscribe.ts';
import type { ChannelMember, LiveConnection } from '#/lib/sync/transport.ts';

type Asked = { socketId: string; channels: string[]; isSignin: boolean };

let rig: Rig;
let connections: LiveConnection[];

beforeEach(async () => {
  rig = await startRig();
  connections = [];
});
afterEach(async () => {
  for (const connection of connections) connection.close();
  await rig.stop();
});

/** A connection whose authorisations are made in place, as the app would, and written down. */
function connect(options: {
  asked?: Asked[];
  userId?: string;
  refuse?: (channel: string) => boolean;
  failFirst?: number;
  isOver?: () => boolean;
  onSignedOut?: () => void;
}) {
  const { asked = [], userId = 'somebody', refuse = () => false } = options;
  let failures = options.failFirst ?? 0;
  const connection = connectLive({
    key: app.key,
    host: '127.0.0.1',
    port: rig.port,
    tls: false,
    isSignin: options.userId !== undefined,
    onSignedOut: () => options.onSignedOut?.(),
    async authorize(socketId, channels, isSignin) {
      asked.push({ socketId, channels, isSignin });
      if (failures-- > 0) return fail({ code: 'unavailable' });
      if (options.isOver?.() === true) return fail({ code: 'unauthenticated' });
      const api = rig.api();
      const authorization: Authorization = { channels: {} };
      for (const channel of channels) {
        const member = { user_id: userId, user_info: { name: `Name of ${userId}` } };
        const isPresence = channel.startsWith('presence-');
        authorization.channels[channel] = refuse(channel)
          ? null
          : api.authorizeChannel(socketId, channel, isPresence ? member : undefined);
      }
      if (isSignin) authorization.user = api.authenticateUser(socketId, { id: userId });
      return succeed(authorization);
    },
  });
  connections.push(connection);
  return connection;
}

function listen(connection: LiveConnection, channel: string) {
  const heard = {
    events: [] as [string, unknown][],
    subscribed: 0,
    refused: 0,
    members: [] as ChannelMember[],
    leave: () => {},
  };
  heard.leave = connection.subscribe(channel, {
    onEvent: (name, data) => heard.events.push([name, data]),
    onSubscribed: () => heard.subscribed++,
    onRefused: () => heard.refused++,
    onMembers(members) {
      heard.members = members;
    },
  });
  return heard;
}

const soon = { timeout: 9_000, interval: 10 };

describe('a live connection over the Pusher protocol', () => {
  it('makes no socket before somebody listens', () => {
    const connection = connect({});
    expect(connection.state()).toBe('connecting');
    expect(rig.realtime().stats().connections).toBe(0);
  });

  it('authorises all channels and the sign-in of one socket in one call', async () => {
    const asked: Asked[] = [];
    const connection = connect({ asked, userId: 'ada' });
    const one = listen(connection, 'private-one');
    const two = listen(connection, 'private-two');
    await vi.waitFor(() => expect([one.subscribed, two.subscribed]).toEqual([1, 1]), soon);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ channels: ['private-one', 'private-two'], isSignin: true });
    expect(connection.state()).toBe('connected');
  });

  it('hands on events, and shares one subscription between two listeners', async () => {
    const connection = connect({});
    const first = listen(connection, 'private-one');
    await vi.waitFor(() => expect(first.subscribed).toBe(1), soon);
    const second = listen(connection, 'private-one');
    await vi.waitFor(() => expect(second.subscribed).toBe(1), soon);
    await rig.api().trigger('private-one', 'message.created', { text: 'hello' });
    await vi.waitFor(() => expect(second.events).toEqual([['message.created', { text: 'hello' }]]), soon);
    expect(first.events).toEqual(second.events);
    first.leave();
    await rig.api().trigger('private-one', 'message.created', { text: 'again' });
    await vi.waitFor(() => expect(second.events).toHaveLength(2), soon);
    expect(first.events).toHaveLength(1);
  });

  it('leaves the channel with its last listener', async () => {
    const connection = connect({});
    const other = listen(connection, 'private-other');
    const one = listen(connection, 'private-one');
    await vi.waitFor(() => expect(one.subscribed + other.subscribed).toBe(2), soon);
    one.leave();
    await vi.waitFor(async () => {
      const answer = await rig.api().get({ path: '/channels' });
      expect(Object.keys((await answer.json()).channels)).toEqual(['private-other']);
    }, soon);
  });

  it('says that a channel was refused, and does not ask again', async () => {
    const asked: Asked[] = [];
    const connection = connect({ asked, refuse: (channel) => channel === 'private-secret' });
    const secret = listen(connection, 'private-secret');
    const open = listen(connection, 'private-open');
    await vi.waitFor(() => expect([secret.refused, open.subscribed]).toEqual([1, 1]), soon);
    expect(secret.subscribed).toBe(0);
    expect(asked).toHaveLength(1);
  });

  it('asks again after an authorisation that got no answer', async () => {
    const asked: Asked[] = [];
    const connection = connect({ asked, failFirst: 1 });
    const one = listen(connection, 'private-one');
    await vi.waitFor(() => expect(one.subscribed).toBe(1), soon);
    expect(asked).toHaveLength(2);
  });

  it('comes back after the server ended the connection, with new authorisations, and says so', async () => {
    const asked: Asked[] = [];
    const connection = connect({ asked });
    const one = listen(connection, 'private-one');
    await vi.waitFor(() => expect(one.subscribed).toBe(1), soon);
    const states: string[] = [];
    connection.onState(() => states.push(connection.state()));
    await rig.restart();
    await vi.waitFor(() => expect(one.subscribed).toBe(2), soon);
    expect(states).toContain('unavailable');
    expect(states.at(-1)).toBe('connected');
    expect(asked[1]?.socketId).not.toBe(asked[0]?.socketId);
    await rig.api().trigger('private-one', 'message.created', { text: 'after' });
    await vi.waitFor(() => expect(one.events).toHaveLength(1), soon);
  }, 20_000);

  it('comes back at once after its user was ended, and loses only what is not granted any more', async () => {
    const asked: Asked[] = [];
    let isLost = false;
    const refuse = (channel: string) => isLost && channel === 'private-lost';
    const connection = connect({ asked, userId: 'ada', refuse });
    const kept = listen(connection, 'private-kept');
    const lost = listen(connection, 'private-lost');
    await vi.waitFor(() => expect([kept.subscribed, lost.subscribed]).toEqual([1, 1]), soon);
    isLost = true;
    const endedAt = Date.now();
    await rig.api().terminateUserConnections('ada');
    await vi.waitFor(() => expect([kept.subscribed, lost.refused]).toEqual([2, 1]), soon);
    expect(Date.now() - endedAt).toBeLessThan(2_000);
    expect(asked[1]).toMatchObject({ channels: ['private-kept', 'private-lost'], isSignin: true });
    for (const channel of ['private-lost', 'private-kept']) await rig.api().trigger(channel, 'told', {});
    await vi.waitFor(() => expect(kept.events).toHaveLength(1), soon);
    expect(lost.events).toEqual([]);
  });

  it('says so and rests when its user was ended for good', async () => {
    const asked: Asked[] = [];
    let isOver = false;
    let said = 0;
    const connection = connect({ asked, userId: 'ada', isOver: () => isOver, onSignedOut: () => said++ });
    const one = listen(connection, 'private-one');
    await vi.waitFor(() => expect(one.subscribed).toBe(1), soon);
    isOver = true;
    await rig.api().terminateUserConnections('ada');
    await vi.waitFor(() => expect(said).toBe(1), soon);
    expect(connection.state()).toBe('unavailable');
    await vi.waitFor(() => expect(rig.realtime().stats().connections).toBe(0), soon);
    expect(asked).toHaveLength(2);
  });

  it('knows who is on a presence channel, also for a later listener', async () => {
    const ada = connect({ userId: 'ada' });
    const seen = listen(ada, 'presence-ticket');
    await vi.waitFor(() => expect(seen.members).toEqual([{ id: 'ada', name: 'Name of ada' }]), soon);
    const bob = connect({ userId: 'bob' });
    const bobs = listen(bob, 'presence-ticket');
    await vi.waitFor(() => expect(seen.members.map(({ id }) => id).sort()).toEqual(['ada', 'bob']), soon);
    const late = listen(ada, 'presence-ticket');
    await vi.waitFor(() => expect(late.members).toHaveLength(2), soon);
    bobs.leave();
    await vi.waitFor(() => expect(seen.members.map(({ id }) => id)).toEqual(['ada']), soon);
  });

  it('lets nothing through and comes back no more once closed', async () => {
    const connection = connect({});
    const one = listen(connection, 'private-one');
    await vi.waitFor(() => expect(one.subscribed).toBe(1), soon);
    connection.close();
    await vi.waitFor(() => expect(rig.realtime().stats().connections).toBe(0), soon);
    await rig.api().trigger('private-one', 'message.created', {});
    expect(one.events).toEqual([]);
  });
});
