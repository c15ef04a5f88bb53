import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { heard, type Rig, startRig } from './realtime-test-rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

describe('what the official libraries do', () => {
  test('an event published by pusher arrives at pusher-js', async () => {
    const channel = rig.client().subscribe('private-conversation-1');
    await heard(channel, 'pusher:subscription_succeeded');
    const message = heard(channel, 'message.created');
    const response = await rig
      .api()
      .trigger('private-conversation-1', 'message.created', { text: 'Grüße 👋' });
    expect(await response.json()).toEqual({});
    expect(await message).toEqual({ text: 'Grüße 👋' });
  });
});
