import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { newSecret, signatureHeaders } from '#/lib/webhooks/signature.ts';

test('the example of the Standard Webhooks gets the signature that stands there', () => {
  const headers = signatureHeaders(
    {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      atMs: 1_614_265_330_000,
      body: '{"test": 2432232314}',
    },
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  );
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('with two secrets there are two signatures, the newest first, each over the same', () => {
  const secrets = [newSecret(), newSecret()];
  const { 'webhook-signature': both } = signatureHeaders({ id: 'a', atMs: 5_999, body: 'ö' }, secrets);
  const alone = secrets.map((secret) =>
    createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
      .update('a.5.ö')
      .digest('base64'),
  );
  expect(both).toBe(alone.map((signature) => `v1,${signature}`).join(' '));
});

test('a secret is 24 random bytes behind its prefix, another one each time', () => {
  const secrets = Array.from({ length: 100 }, newSecret);
  expect(secrets.every((secret) => /^whsec_[A-Za-z0-9+/]{32}$/.test(secret))).toBe(true);
  expect(new Set(secrets).size).toBe(100);
});
