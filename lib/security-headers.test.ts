import { expect, test } from 'vitest';
import { isOrigin, realtimeOrigins, securityHeaders } from '#/lib/security-headers.ts';

const base = {
  pathname: '/inbox',
  nonce: 'bm9uY2U=',
  protocol: 'https' as const,
  host: 'chat.example.com',
  frameAncestors: [],
  realtimeOrigins: [],
};
const policyOf = (input: Partial<Parameters<typeof securityHeaders>[0]>) =>
  Object.fromEntries(
    (securityHeaders({ ...base, ...input })['Content-Security-Policy'] ?? '').split('; ').map((entry) => {
      const [name = '', ...values] = entry.split(' ');
      return [name, values.join(' ')];
    }),
  );

test('a page can only run what carries its nonce, and nobody can frame it', () => {
  const policy = policyOf({});
  expect(policy['script-src']).toBe("'self' 'nonce-bm9uY2U=' 'strict-dynamic'");
  expect(policy['object-src']).toBe("'none'");
  expect(policy['base-uri']).toBe("'none'");
  expect(policy['form-action']).toBe("'self'");
  expect(policy['frame-ancestors']).toBe("'none'");
  expect(
    Object.entries(policy).filter(([name, value]) => /unsafe/.test(value) && name !== 'style-src-attr'),
  ).toEqual([]);
  expect(securityHeaders(base)['X-Frame-Options']).toBe('DENY');
});

test('the frame may be shown by its origins and by our own pages', () => {
  const input = { pathname: '/widget', frameAncestors: ['https://shop.example'] };
  expect(policyOf(input)['frame-ancestors']).toBe("'self' https://shop.example");
  expect(securityHeaders({ ...base, ...input })['X-Frame-Options']).toBeUndefined();
});

test('the frame of an unknown widget may be shown by nobody', () => {
  expect(policyOf({ pathname: '/widget' })['frame-ancestors']).toBe("'none'");
});

test.each([
  '*',
  'https:',
  'https://*.example',
  'https://a.example; script-src *',
  "'self'",
  'https://a.example/',
  'data:',
  '',
])('the stored origin %j cannot widen the policy', (value) => {
  expect(isOrigin(value)).toBe(false);
  expect(policyOf({ pathname: '/widget', frameAncestors: [value] })['frame-ancestors']).toBe("'none'");
});

test('a browser may connect to this host and to the configured realtime server only', () => {
  expect(policyOf({})['connect-src']).toBe("'self' wss://chat.example.com");
  expect(policyOf({ realtimeOrigins: ['wss://rt.example'] })['connect-src']).toBe(
    "'self' wss://chat.example.com wss://rt.example",
  );
});

test('HSTS is sent on https and only there', () => {
  expect(securityHeaders(base)['Strict-Transport-Security']).toContain('max-age=');
  expect(securityHeaders({ ...base, protocol: 'http' })['Strict-Transport-Security']).toBeUndefined();
});

test('nothing is kept by a cache, but for the settings of a widget and pictures of agents, whose routes say so', () => {
  for (const pathname of [
    '/inbox',
    '/widget',
    '/api/widget/state',
    '/api/widget/config/',
    '/api/widget/unread',
    '/api/pictures',
  ]) {
    expect(securityHeaders({ ...base, pathname })['Cache-Control']).toBe('private, no-store');
  }
  for (const pathname of ['/api/widget/config', '/api/pictures/01981f6e-0000-7000-8000-000000000000']) {
    expect(securityHeaders({ ...base, pathname })['Cache-Control']).toBeUndefined();
  }
});

test('sockets may go to where the realtime server is for browsers, and nowhere else', () => {
  const own = { host: null, port: null, tls: null, cluster: null };
  expect(realtimeOrigins(own)).toEqual([]);
  expect(realtimeOrigins({ ...own, host: 'rt.example.com', port: 443, tls: true })).toEqual([
    'wss://rt.example.com:443',
  ]);
  expect(realtimeOrigins({ ...own, host: '127.0.0.1', port: 6001, tls: false })).toEqual([
    'ws://127.0.0.1:6001',
  ]);
  const hosted = realtimeOrigins({ host: 'api-eu.pusher.com', port: 443, tls: true, cluster: 'eu' });
  expect(hosted).toEqual(['wss://ws-eu.pusher.com', 'https://sockjs-eu.pusher.com']);
});

test.each(['/api/widget/files/1', '/api/inbox/files/1', '/api/widget/files'])(
  'what people sent each other may do nothing where it is opened (%s)',
  (pathname) => {
    const policy = policyOf({ pathname });
    expect(policy).toMatchObject({ sandbox: '', 'default-src': "'none'", 'frame-ancestors': "'none'" });
    expect(JSON.stringify(policy)).not.toMatch(/self|unsafe|allow/);
    expect(securityHeaders({ ...base, pathname })['Cache-Control']).toBe('private, no-store');
  },
);
