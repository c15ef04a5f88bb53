import { expect, test } from 'vitest';
import { findRequestFault, isEqualInConstantTime, sign } from './signature.ts';

test("the worked example of the protocol's documentation is accepted", () => {
  const secret = '7ad3773142a6692b25b8';
  const query = new URLSearchParams({
    auth_key: '278d425bdf160c739803',
    auth_timestamp: '1353088179',
    auth_version: '1.0',
    body_md5: 'ec365a775a4cd0599faeb73354201b6f',
    auth_signature: 'da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c',
  });
  const request = { method: 'POST', path: '/apps/3/events', query, nowMs: 1_353_088_179_000 };
  expect(findRequestFault({ key: '278d425bdf160c739803', secret }, request)).toBeNull();
  expect(findRequestFault({ key: '278d425bdf160c739803', secret: 'other' }, request)).toBe(
    'Invalid signature',
  );
});

test('a path counts as it was signed, escaped or not', () => {
  const app = { key: 'k', secret: 's' };
  const fields = 'auth_key=k&auth_timestamp=1&auth_version=1.0';
  const query = new URLSearchParams(fields);
  query.set('auth_signature', sign('s', `POST\n/apps/1/users/a b/terminate_connections\n${fields}`));
  const request = { method: 'POST', path: '/apps/1/users/a%20b/terminate_connections', query, nowMs: 1000 };
  expect(findRequestFault(app, request)).toBeNull();
});

test('texts of different length are unequal, not an error', () => {
  expect(isEqualInConstantTime('a', 'ab')).toBe(false);
  expect(isEqualInConstantTime('', '')).toBe(true);
  expect(isEqualInConstantTime('é', 'ab')).toBe(false);
});
