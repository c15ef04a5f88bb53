import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openHostIdentity } from '#/lib/embed/host-identity.ts';

test('a given token is told once, and then the page is asked', async () => {
  const identity = openHostIdentity();
  let asked = 0;
  expect(identity.take({ token: 'first', getToken: async () => `asked ${++asked}` })).toBe(true);
  expect(identity.takeToken()).toBe('first');
  expect(identity.takeToken()).toBeNull();
  expect(await identity.askToken()).toBe('asked 1');
  expect(await identity.askToken()).toBe('asked 2');
});

test('what is neither a token nor a function is refused, and leaves who was there', async () => {
  const identity = openHostIdentity();
  identity.take({ token: 'good' });
  for (const wrong of [undefined, null, 'token', 7, {}, { token: '' }, { token: 7 }, { getToken: 'x' }]) {
    expect(identity.take(wrong)).toBe(false);
  }
  expect(await identity.askToken()).toBe('good');
});

test('a page that throws, or answers anything but a text, identifies nobody', async () => {
  const identity = openHostIdentity();
  for (const answer of [undefined, null, '', 7, {}, ['x']]) {
    identity.take({ getToken: () => answer });
    expect(await identity.askToken()).toBeNull();
  }
  identity.take({
    getToken() {
      throw new Error('page');
    },
  });
  expect(await identity.askToken()).toBeNull();
  identity.take({ getToken: () => Promise.reject(new Error('page')) });
  expect(await identity.askToken()).toBeNull();
});

test('it settles from being taken until the frame has said what came of it', () => {
  const identity = openHostIdentity();
  expect(identity.isSettling()).toBe(false);
  identity.take({ token: 'x' });
  expect([identity.isUntold(), identity.isSettling()]).toEqual([true, true]);
  identity.told();
  expect([identity.isUntold(), identity.isSettling()]).toEqual([false, true]);
  identity.take({ token: 'y' });
  identity.settled();
  expect(identity.isUntold()).toBe(true);
  identity.told();
  identity.settled();
  expect(identity.isSettling()).toBe(false);
});

test('whoever was shut down does not come back with the same token by themselves', async () => {
  const identity = openHostIdentity();
  identity.take({ token: 'x' });
  identity.forget();
  expect(identity.isSettling()).toBe(false);
  expect(await identity.askToken()).toBeNull();
  expect(identity.isSame('x', undefined)).toBe(true);
  expect(identity.isSame('y', undefined)).toBe(false);
});

test('whom a token names is read from it, and from anything else nothing, without a throw', async () => {
  const identity = openHostIdentity();
  const tokenOf = (claims: unknown) =>
    `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
  identity.take({ token: tokenOf({ sub: 'user-7?>', aud: 'wk_one' }) });
  expect(identity.subject()).toBe('user-7?>');
  identity.take({ getToken: () => tokenOf({ sub: 'user-8' }) });
  expect(identity.subject()).toBe('');
  await identity.askToken();
  expect(identity.subject()).toBe('user-8');
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (token) => {
      identity.take({ token });
      expect(typeof identity.subject()).toBe('string');
    }),
  );
});
