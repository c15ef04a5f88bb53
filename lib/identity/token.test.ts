import { createHmac, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import type { CustomField } from '#/lib/custom-fields/schema.ts';
import { tokenReasons } from '#/lib/identity/schema.ts';
import { readToken, type TokenContext } from '#/lib/identity/token.ts';

const nowMs = Date.parse('2027-03-01T12:00:00Z');
const now = nowMs / 1000;
const secret = 'ps_s1WtDKz8dyJl7bHc9pmxPGIBnZvQNXe_6LRTUQh3k2o';
const retired = 'ps_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
const others = [{ key: 'wk_othershop', secrets: ['ps_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB'] }];
const seats: CustomField = {
  ...{ id: 'f', subject: 'customer', key: 'seats', label: 'Seats', type: 'number' },
  ...{ options: [], defaultValue: null, position: 0, isArchived: false },
};
const context: TokenContext = {
  widgetKey: 'wk_myshop123',
  secrets: [
    { id: 'live', secret, isLive: true },
    { id: 'old', secret: retired, isLive: false },
  ],
  fields: [seats],
  nowMs,
  others,
};
const good = { aud: 'wk_myshop123', sub: 'user-1', jti: 'a', exp: now + 600 };
const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

function sign(
  claims: unknown,
  {
    header = { alg: 'HS256' },
    key = secret,
    hash = 'sha256',
  }: { header?: unknown; key?: string | Buffer; hash?: string } = {},
): string {
  const body = `${encode(header)}.${encode(claims)}`;
  return `${body}.${createHmac(hash, key).update(body).digest('base64url')}`;
}
const reasonsOf = async (token: string, others: Partial<TokenContext> = {}) =>
  (await readToken(token, { ...context, ...others })).problems.map(({ reason }) => reason);
const withClaims = (more: Record<string, unknown>) => sign({ ...good, ...more });
const without = (name: keyof typeof good) =>
  sign(Object.fromEntries(Object.entries(good).filter(([key]) => key !== name)));
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

describe('a token of every wrong kind is refused for what is wrong with it', () => {
  test.each<[string, string, readonly string[]]>([
    ['nothing', '', ['token_empty']],
    ['white space', '  \n', ['token_empty']],
    ['no JWT', 'hello', ['token_not_jwt']],
    ['a header in front of it', `Bearer ${sign(good)}`, ['token_not_jwt']],
    ['two parts', `${encode({ alg: 'HS256' })}.${encode(good)}`, ['token_not_jwt']],
    ['padding', `${sign(good)}=`, ['token_not_jwt']],
    ['a header that is no JSON', sign(good, { header: 'x' }), ['token_not_jwt']],
    ['a header that is a list', sign(good, { header: [] }), ['token_not_jwt']],
    ['claims that are no JSON', sign('{'), ['token_not_jwt']],
    ['claims that are a list', sign([1]), ['token_not_jwt']],
    ['claims that are null', sign('null'), ['token_not_jwt']],
    ['five parts', 'a.b.c.d.e', ['token_encrypted']],
    ['too much', sign({ ...good, attributes: {}, note: 'x'.repeat(9_000) }), ['token_too_long']],
    ['no algorithm', sign(good, { header: { typ: 'JWT' } }), ['algorithm_missing']],
    ['the algorithm none', `${encode({ alg: 'none' })}.${encode(good)}.`, ['algorithm_none']],
    ['the algorithm nOnE, signed', sign(good, { header: { alg: 'nOnE' } }), ['algorithm_none']],
    ['HS512', sign(good, { header: { alg: 'HS512' }, hash: 'sha512' }), ['algorithm_wrong']],
    ['HS384', sign(good, { header: { alg: 'HS384' }, hash: 'sha384' }), ['algorithm_wrong']],
    ['an algorithm in small letters', sign(good, { header: { alg: 'hs256' } }), ['algorithm_wrong']],
    ['an algorithm that is a list', sign(good, { header: { alg: ['HS256'] } }), ['algorithm_wrong']],
    ['RS256 by name, signed with the secret', sign(good, { header: { alg: 'RS256' } }), ['algorithm_wrong']],
    [
      'a critical extension',
      sign(good, { header: { alg: 'HS256', crit: ['x'], x: 1 } }),
      ['header_critical'],
    ],
    ['unencoded claims', sign(good, { header: { alg: 'HS256', b64: false } }), ['header_critical']],
    ['another secret', sign(good, { key: 'guess' }), ['signature_wrong']],
    ['no signature', `${sign(good).split('.').slice(0, 2).join('.')}.`, ['signature_wrong']],
    ['a revoked secret', sign(good, { key: retired }), ['signature_revoked']],
    ['another site’s secret', sign(good, { key: others[0]?.secrets[0] ?? '' }), ['signature_other_widget']],
    ['the secret with its line end', sign(good, { key: `${secret}\n` }), ['signature_secret_spaced']],
    ['the secret in quotation marks', sign(good, { key: `"${secret}"` }), ['signature_secret_spaced']],
    [
      'the secret decoded',
      sign(good, { key: Buffer.from(secret.slice(3), 'base64url') }),
      ['signature_secret_decoded'],
    ],
    ['the secret without its beginning', sign(good, { key: secret.slice(3) }), ['signature_secret_decoded']],
    ['no exp', without('exp'), ['exp_missing']],
    ['exp null', withClaims({ exp: null }), ['exp_missing']],
    ['exp as text', withClaims({ exp: String(now + 600) }), ['exp_not_number']],
    ['exp in milliseconds', withClaims({ exp: nowMs + 600_000 }), ['exp_milliseconds']],
    [
      'exp beyond numbers',
      sign(JSON.stringify({ ...good, exp: 0 }).replace('"exp":0', '"exp":1e999')),
      ['exp_not_number'],
    ],
    ['exp past', withClaims({ exp: now - 60 }), ['exp_past']],
    ['exp long past', withClaims({ exp: -8e12 }), ['exp_past']],
    ['exp far before time', withClaims({ exp: -1e300 }), ['exp_past']],
    ['exp too far', withClaims({ exp: now + 3_661 }), ['exp_too_far']],
    ['nbf to come', withClaims({ nbf: now + 61 }), ['nbf_future']],
    ['nbf as text', withClaims({ nbf: 'now' }), ['nbf_not_number']],
    ['iat to come', withClaims({ iat: now + 61 }), ['iat_future']],
    ['iat in milliseconds', withClaims({ iat: nowMs }), ['iat_future']],
    ['iat as text', withClaims({ iat: '0' }), ['iat_not_number']],
    ['no aud', without('aud'), ['aud_missing']],
    ['aud of nobody', withClaims({ aud: 'parley' }), ['aud_wrong']],
    ['aud of another site', withClaims({ aud: 'wk_othershop' }), ['aud_other_widget']],
    ['aud of two', withClaims({ aud: ['wk_myshop123', 'wk_othershop'] }), ['aud_wrong']],
    ['aud of none', withClaims({ aud: [] }), ['aud_wrong']],
    ['no sub', without('sub'), ['sub_missing']],
    ['sub empty', withClaims({ sub: ' ' }), ['sub_missing']],
    ['sub as number', withClaims({ sub: 42 }), ['sub_not_text']],
    ['sub with NUL', withClaims({ sub: 'a\0b' }), ['sub_not_text']],
    [
      'sub with half a character',
      sign(JSON.stringify({ ...good, sub: 'X' }).replace('X', '\\ud800')),
      ['sub_not_text'],
    ],
    ['sub too long', withClaims({ sub: 'x'.repeat(256) }), ['sub_too_long']],
    ['no jti', without('jti'), ['jti_missing']],
    ['jti as number', withClaims({ jti: 1 }), ['jti_not_text']],
    ['jti too long', withClaims({ jti: 'x'.repeat(256) }), ['jti_too_long']],
    ['name as object', withClaims({ name: { first: 'Ada' } }), ['claim_wrong']],
    ['email that is none', withClaims({ email: 'ada' }), ['claim_wrong']],
    ['phone that is none', withClaims({ phone: '12' }), ['claim_wrong']],
    ['attributes as list', withClaims({ attributes: [] }), ['attributes_not_object']],
    ['attributes as null', withClaims({ attributes: null }), ['attributes_not_object']],
    ['an attribute that is an object', withClaims({ attributes: { plan: {} } }), ['attribute_wrong']],
    ['an attribute with NUL', withClaims({ attributes: { plan: 'a\0' } }), ['attribute_wrong']],
    ['an attribute against its field', withClaims({ attributes: { seats: 'five' } }), ['attribute_wrong']],
    ['a key that is none', withClaims({ attributes: { 'a b': 1 } }), ['attribute_key_wrong']],
    [
      'a prototype as key',
      sign(JSON.stringify(good).replace('{', '{"attributes":{"__proto__":1},')),
      ['attribute_key_wrong'],
    ],
    [
      'an address among the attributes',
      withClaims({ attributes: { email: 'a@b.test' } }),
      ['attribute_key_wrong'],
    ],
    [
      'too many attributes',
      withClaims({ attributes: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, 1])) }),
      ['attributes_too_many'],
    ],
    [
      'attributes too large',
      withClaims({ attributes: { a: 'ä'.repeat(499), b: 'ä'.repeat(499), c: 'x'.repeat(100) } }),
      ['attributes_too_large'],
    ],
    [
      'several mistakes',
      sign({ exp: now - 60, sub: 1 }, { key: 'x' }),
      ['signature_wrong', 'exp_past', 'aud_missing', 'sub_not_text', 'jti_missing'],
    ],
  ])('%s', async (_name, token, reasons) => {
    expect(await reasonsOf(token)).toEqual(reasons);
  });

  test('signed with a key of another kind', async () => {
    const token = await new SignJWT(good).setProtectedHeader({ alg: 'RS256' }).sign(rsa.privateKey);
    expect(await reasonsOf(token)).toEqual(['algorithm_wrong']);
    const publicKey = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(await reasonsOf(sign(good, { key: publicKey }))).toEqual(['signature_wrong']);
  });

  test('for a site that has no secret, also when it is signed with nothing', async () => {
    const none = { secrets: [], others: [] };
    expect(await reasonsOf(sign(good), none)).toEqual(['secret_missing']);
    expect(await reasonsOf(sign(good, { key: '' }), none)).toEqual(['secret_missing']);
  });
});

test('a token without fault names its person, and what else it says is left alone', async () => {
  const token = withClaims({
    ...{ iat: now, nbf: now - 5, iss: 'shop', admin: true, name: ' Ada  Lovelace ', email: null },
    ...{ phone: '+49 30 1234', attributes: { plan: 'pro', seats: 5, trial: false, old: null } },
  });
  expect(await readToken(token, context)).toMatchObject({
    problems: [],
    secretId: 'live',
    jti: 'a',
    expiresAtMs: nowMs + 600_000,
    person: {
      externalId: 'user-1',
      name: 'Ada Lovelace',
      email: null,
      phone: '+49301234',
      attributes: { plan: 'pro', seats: 5, trial: false, old: null },
    },
  });
});

test('clocks may differ by a minute, and a list of one audience is that audience', async () => {
  for (const more of [
    { exp: now - 59 },
    { exp: now + 3_660 },
    { iat: now + 60, nbf: now + 60 },
    { aud: ['wk_myshop123'] },
    { sub: 'x'.repeat(255), jti: 'x'.repeat(255) },
  ]) {
    expect(await reasonsOf(withClaims(more))).toEqual([]);
  }
});

test('both live secrets are good, so that a site can change from one to the other', async () => {
  const second = 'ps_CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC';
  const secrets = [...context.secrets, { id: 'second', secret: second, isLive: true }];
  expect((await readToken(sign(good, { key: second }), { ...context, secrets })).secretId).toBe('second');
  expect((await readToken(sign(good), { ...context, secrets })).secretId).toBe('live');
});

test('no change of a single character of a token is accepted', async () => {
  const token = sign(good);
  await fc.assert(
    fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom(...'Ab0-_.'), async (at, letter) => {
      const changed = token.slice(0, at) + letter + token.slice(at + 1);
      fc.pre(changed !== token);
      // The last character holds bits that no byte takes.
      fc.pre(at !== token.length - 1);
      expect((await readToken(changed, context)).problems).not.toEqual([]);
    }),
  );
});

test('whatever is signed is read without a throw, and every reason is a known one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(
        fc.constantFrom('exp', 'iat', 'aud', 'sub', 'jti', 'name', 'attributes', 'x'),
        fc.jsonValue(),
      ),
      async (claims) => {
        const { problems, person } = await readToken(sign(claims), context);
        for (const { reason } of problems) expect(tokenReasons).toContain(reason);
        if (problems.length === 0) expect(person).not.toBeNull();
      },
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 300 }), async (text) => {
      expect((await readToken(text, context)).problems.length).toBeGreaterThan(0);
    }),
  );
});
