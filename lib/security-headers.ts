import type { BrowserRealtime } from '#/lib/env.ts';

/** What the headers of one response depend on. */
export interface HeaderInput {
  pathname: string;
  nonce: string;
  protocol: 'http' | 'https';
  host: string;
  /** Origins that may show this page in a frame; empty for nobody. */
  frameAncestors: readonly string[];
  /** Origins of a realtime server that is not ours, as `wss://host`. */
  realtimeOrigins: readonly string[];
}

/** What people sent each other: whatever it is, opened by itself it may do nothing. */
const filePath = /^\/api\/(?:widget|inbox)\/files(?:\/|$)/;
const filePolicy = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/** Public settings, and pictures of agents. */
const publicPath = /^\/api\/(?:widget\/config|pictures\/[^/]+)$/;

/** The headers of every response: pages, errors and routes alike. */
export function securityHeaders(input: HeaderInput): Record<string, string> {
  const isEmbeddable = input.pathname === '/widget';
  return {
    'Content-Security-Policy': filePath.test(input.pathname) ? filePolicy : contentSecurityPolicy(input),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
    'Permissions-Policy': permissionsPolicy,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': isEmbeddable ? 'cross-origin' : 'same-origin',
    'X-DNS-Prefetch-Control': 'off',
    // These routes say themselves what may be kept: one header of each name, or the stricter one would win.
    ...(publicPath.test(input.pathname) ? {} : { 'Cache-Control': 'private, no-store' }),
    ...(isEmbeddable ? {} : { 'X-Frame-Options': 'DENY' }),
    ...(input.protocol === 'https'
      ? { 'Strict-Transport-Security': 'max-age=63072000; includeSubDomains' }
      : {}),
  };
}

/** The content policy of a page. Next reads the nonce from the same header on the request. */
export function contentSecurityPolicy(input: HeaderInput): string {
  const { nonce, host, protocol } = input;
  const socketOrigin = `${protocol === 'https' ? 'wss' : 'ws'}://${host}`;
  const ancestors = input.frameAncestors.filter(isOrigin);
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    // Some browsers do not count the socket of the same host as 'self'.
    `connect-src ${["'self'", socketOrigin, ...input.realtimeOrigins].join(' ')}`,
    "frame-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    // A known widget may also be shown by our own pages: the demo shop and the preview in the settings.
    `frame-ancestors ${ancestors.length === 0 ? "'none'" : ["'self'", ...ancestors].join(' ')}`,
  ].join('; ');
}

/** What `connect-src` must allow for a realtime server that browsers find elsewhere; nothing for the page's own host. */
export function realtimeOrigins(browser: BrowserRealtime): string[] {
  const { host, port, tls, cluster } = browser;
  if (cluster !== null) return [`wss://ws-${cluster}.pusher.com`, `https://sockjs-${cluster}.pusher.com`];
  return host === null ? [] : [`${tls === true ? 'wss' : 'ws'}://${host}:${port}`];
}

/** Whether `value` is exactly an http(s) origin, so that a stored one cannot add to the policy. */
export function isOrigin(value: string): boolean {
  return /^https?:\/\/[^\s;,'"*/]+$/.test(value) && URL.canParse(value) && new URL(value).origin === value;
}

const permissionsPolicy = [
  'accelerometer',
  'browsing-topics',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'serial',
  'usb',
  'xr-spatial-tracking',
]
  .map((feature) => `${feature}=()`)
  .join(', ');
