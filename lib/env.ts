import { BlockList, isIP } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { logLevels } from '#/lib/logger.ts';
import { type AllowList, isAllowEntry, parseAllowList } from '#/lib/outbound/allow-list.ts';

const port = z.coerce
  .number('a port number')
  .int('a whole number')
  .min(0, 'a port of 0 to 65535')
  .max(65535, 'a port of 0 to 65535');

const flag = z
  .enum(['true', 'false', '1', '0'], 'true or false')
  .transform((value) => value === 'true' || value === '1');

const databaseUrl = z
  .string('postgres://user:password@host:5432/database')
  .refine(isDatabaseUrl, 'postgres://user:password@host:5432/database');

const publicUrl = z
  .string()
  .refine(isOriginUrl, 'an http(s) address without a path, such as https://chat.example.com')
  .transform((value) => new URL(value).origin);

const encryptionKey = z
  .string('32 random bytes in base64')
  .refine((value) => [16, 24, 32].includes(Buffer.from(value, 'base64').length), '32 random bytes in base64');

const secret = z.string('at least 32 random characters').min(32, 'at least 32 random characters');

const proxies = z
  .string()
  .transform((value) => value.split(/[\s,]+/).filter((entry) => entry !== ''))
  .refine(
    (entries) => entries.every(isAddressRange),
    'addresses or ranges, such as 10.0.0.0/8, separated by commas',
  );

const places = z
  .string()
  .transform((value) => value.split(/[\s,]+/).filter((entry) => entry !== ''))
  .refine(
    (entries) => entries.every(isAllowEntry),
    'addresses, ranges or names, such as 10.0.0.0/8 or hooks.internal:8080, separated by commas',
  );

const megabytes = z.coerce.number('a number of megabytes').min(1, '1 or more');

/** Every variable that Parley reads, in the order of `.env.example`. */
export const envSchema = z.object({
  PORT: port.default(3000),
  HOST: z.string().min(1).optional(),
  PARLEY_DATA: z.string().min(1).default('.parley'),
  PUBLIC_URL: publicUrl.optional(),
  TRUSTED_PROXIES: proxies.optional(),
  LOG_LEVEL: z.enum(logLevels, `one of ${logLevels.join(', ')}`).default('info'),
  METRICS_TOKEN: z.string().min(16, 'at least 16 random characters').optional(),
  DATABASE_URL: databaseUrl,
  RATE_LIMIT_SCALE: z.coerce.number('a positive number').positive('a positive number').default(1),
  AUTH_SECRET: secret,
  NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: encryptionKey,
  PUSHER_APP_ID: z.string().min(1).optional(),
  PUSHER_KEY: z.string().min(1).optional(),
  PUSHER_SECRET: z.string().min(1).optional(),
  PUSHER_HOST: z.string().min(1).optional(),
  PUSHER_PORT: port.optional(),
  PUSHER_TLS: flag.optional(),
  PUSHER_CLUSTER: z.string().min(1).optional(),
  REALTIME_APP_ID: z.string().min(1).optional(),
  REALTIME_KEY: z.string().min(1).optional(),
  REALTIME_SECRET: z.string().min(32, 'at least 32 random characters').optional(),
  REALTIME_URL: publicUrl.optional(),
  REALTIME_PUBLIC_URL: publicUrl.optional(),
  REALTIME_PORT: port.default(6001),
  REALTIME_HOST: z.string().min(1).optional(),
  WORKERS: z.enum(['here', 'apart'], 'here or apart').default('here'),
  FILE_MB_MAX: z.coerce
    .number('a number from 1 to 1000')
    .min(1, '1 or more')
    .max(1_000, '1000 or less')
    .default(25),
  CUSTOMER_FILES_MB_MAX: megabytes.default(500),
  WIDGET_FILES_MB_PER_DAY: megabytes.default(10_000),
  S3_BUCKET: z.string().min(1).optional(),
  S3_ENDPOINT: z.string().refine(isOriginUrl, 'an http(s) address without a path').optional(),
  S3_REGION: z.string().min(1).default('us-east-1'),
  S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  S3_PREFIX: z
    .string()
    .regex(/^[\w./-]*$/, 'letters, digits and . _ - /')
    .default(''),
  S3_PATH_STYLE: flag.optional(),
  OUTBOUND_ALLOW: places.optional(),
});

/** A bucket of anything that speaks S3. */
export interface S3Env {
  bucket: string;
  endpoint: string | undefined;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  prefix: string;
  usesPathStyle: boolean;
}

/** What people may send, in bytes. */
export interface FileLimits {
  fileBytesMax: number;
  customerBytesMax: number;
  widgetBytesPerDay: number;
}

/** Where browsers find the realtime server; all null: under the page's own host and port. */
export interface BrowserRealtime {
  host: string | null;
  port: number | null;
  tls: boolean | null;
  cluster: string | null;
}

export interface RealtimeEnv {
  /**
   * `embedded`: our own server on our own port. `apart`: our own server as a process of its own (REALTIME_URL), which
   * can all that the embedded one can. `external`: whatever PUSHER_* points at, by the plain protocol.
   */
  mode: 'embedded' | 'apart' | 'external';
  appId: string;
  key: string;
  secret: string;
  /** Where the server publishes to. */
  host: string;
  port: number;
  tls: boolean;
  cluster: string | undefined;
  browser: BrowserRealtime;
}

/** What `npm run realtime` needs to know; no database and no session secret. */
export interface RealtimeServerEnv {
  appId: string;
  key: string;
  secret: string;
  port: number;
  host: string | undefined;
  publicUrl: string | undefined;
  isTrustedProxy: (address: string) => boolean;
}

export interface Env {
  port: number;
  host: string | undefined;
  dataDir: string;
  publicUrl: string | undefined;
  /** Whether an address is one of TRUSTED_PROXIES, whose X-Forwarded-* headers are believed. */
  isTrustedProxy: (address: string) => boolean;
  /** Whether TRUSTED_PROXIES names any. */
  hasProxies: boolean;
  logLevel: (typeof logLevels)[number];
  /** Opens /api/metrics to whoever brings it; without it only this machine may read them. */
  metricsToken: string | undefined;
  databaseUrl: string;
  authSecret: string;
  /** Encrypts what server actions carry; Next reads the variable itself. */
  actionsKey: string;
  /** Multiplies every limit but those on signing in. */
  rateLimitScale: number;
  realtime: RealtimeEnv;
  /** Whether relay, typing expiry and sweeps are left to `npm run worker`. */
  isWorkerApart: boolean;
  files: FileLimits;
  /** Where files are kept, unless `s3` is set; and in any case where they arrive. */
  filesDir: string;
  s3: S3Env | null;
  /** Where Parley may fetch from besides the public internet. */
  outboundAllow: AllowList;
}

/** The environment names a variable that is missing or wrong; the message says which, and what was expected. */
export class EnvError extends Error {
  readonly code = 'env_invalid';
}

let parsed: Env | undefined;

/** The environment, parsed on first use. Throws an EnvError that names every variable that is not right. */
export function env(): Env {
  parsed ??= parseEnv(process.env);
  return parsed;
}

/** Parses `source` (empty strings count as unset) or throws an EnvError. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const value = parseWith(envSchema, source);
  return {
    port: value.PORT,
    host: value.HOST,
    dataDir: value.PARLEY_DATA,
    publicUrl: value.PUBLIC_URL,
    isTrustedProxy: addressMatcher(value.TRUSTED_PROXIES ?? []),
    hasProxies: (value.TRUSTED_PROXIES ?? []).length > 0,
    logLevel: value.LOG_LEVEL,
    metricsToken: value.METRICS_TOKEN,
    databaseUrl: value.DATABASE_URL,
    authSecret: value.AUTH_SECRET,
    actionsKey: value.NEXT_SERVER_ACTIONS_ENCRYPTION_KEY,
    rateLimitScale: value.RATE_LIMIT_SCALE,
    realtime: parseRealtime(value),
    isWorkerApart: value.WORKERS === 'apart',
    files: {
      fileBytesMax: Math.floor(value.FILE_MB_MAX * megabyte),
      customerBytesMax: Math.floor(value.CUSTOMER_FILES_MB_MAX * megabyte),
      widgetBytesPerDay: Math.floor(value.WIDGET_FILES_MB_PER_DAY * megabyte),
    },
    filesDir: join(value.PARLEY_DATA, 'files'),
    s3: parseS3(value),
    outboundAllow: parseAllowList(value.OUTBOUND_ALLOW ?? []),
  };
}

const megabyte = 1_000_000;

function parseS3(value: z.infer<typeof storageSchema>): S3Env | null {
  const bucket = value.S3_BUCKET;
  if (bucket === undefined) return null;
  const why = 'it is needed with S3_BUCKET';
  return {
    bucket,
    endpoint: value.S3_ENDPOINT,
    region: value.S3_REGION,
    accessKeyId: required('S3_ACCESS_KEY_ID', value.S3_ACCESS_KEY_ID, why),
    secretAccessKey: required('S3_SECRET_ACCESS_KEY', value.S3_SECRET_ACCESS_KEY, why),
    prefix: value.S3_PREFIX,
    usesPathStyle: value.S3_PATH_STYLE ?? value.S3_ENDPOINT !== undefined,
  };
}

const storageSchema = envSchema.pick({
  S3_BUCKET: true,
  S3_ENDPOINT: true,
  S3_REGION: true,
  S3_ACCESS_KEY_ID: true,
  S3_SECRET_ACCESS_KEY: true,
  S3_PREFIX: true,
  S3_PATH_STYLE: true,
});

/** The bucket that files are kept in, for scripts that know nothing else; null: they are in the data folder. */
export function parseStorageEnv(source: Record<string, string | undefined>): S3Env | null {
  return parseS3(parseWith(storageSchema, source));
}

const realtimeServerSchema = envSchema.pick({
  PUBLIC_URL: true,
  TRUSTED_PROXIES: true,
  REALTIME_PORT: true,
  REALTIME_HOST: true,
  REALTIME_APP_ID: true,
  REALTIME_KEY: true,
  REALTIME_SECRET: true,
});

/** The environment of `npm run realtime`, or an EnvError. */
export function parseRealtimeServerEnv(source: Record<string, string | undefined>): RealtimeServerEnv {
  const value = parseWith(realtimeServerSchema, source);
  const why = 'the app\'s own value belongs here ("npm start" keeps it in secrets.json of its data folder)';
  return {
    appId: required('REALTIME_APP_ID', value.REALTIME_APP_ID, why),
    key: required('REALTIME_KEY', value.REALTIME_KEY, why),
    secret: required('REALTIME_SECRET', value.REALTIME_SECRET, why),
    port: value.REALTIME_PORT,
    host: value.REALTIME_HOST,
    publicUrl: value.PUBLIC_URL,
    isTrustedProxy: addressMatcher(value.TRUSTED_PROXIES ?? []),
  };
}

function parseWith<Value>(schema: z.ZodType<Value>, source: Record<string, string | undefined>): Value {
  const given = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return `${name} ${given[name] === undefined ? 'is not set' : 'is not valid'}: expected ${issue.message}.`;
  });
  throw new EnvError([...new Set(problems)].join('\n'));
}

/** A sentence saying what is wrong with a connection string, or undefined when it reads as one. */
export function isDatabaseUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1;
}

const ownHost: BrowserRealtime = { host: null, port: null, tls: null, cluster: null };

function parseRealtime(value: z.infer<typeof envSchema>): RealtimeEnv {
  if (value.PUSHER_APP_ID !== undefined) return parseExternal(value, value.PUSHER_APP_ID);
  const own = {
    appId: required('REALTIME_APP_ID', value.REALTIME_APP_ID, generated),
    key: required('REALTIME_KEY', value.REALTIME_KEY, generated),
    secret: required('REALTIME_SECRET', value.REALTIME_SECRET, generated),
    cluster: undefined,
  };
  if (value.REALTIME_URL === undefined) {
    const host = loopbackFor(value.HOST);
    return { ...own, mode: 'embedded', host, port: value.PORT, tls: false, browser: ownHost };
  }
  const given = value.REALTIME_PUBLIC_URL;
  const browser = given === undefined ? ownHost : { ...addressOf(given), cluster: null };
  return { ...own, mode: 'apart', ...addressOf(value.REALTIME_URL), browser };
}

function parseExternal(value: z.infer<typeof envSchema>, appId: string): RealtimeEnv {
  if (value.REALTIME_URL !== undefined) {
    throw new EnvError(
      'REALTIME_URL and PUSHER_APP_ID are both set: there is one realtime server; unset one.',
    );
  }
  const cluster = value.PUSHER_CLUSTER;
  const api = value.PUSHER_HOST ?? (cluster === undefined ? undefined : `api-${cluster}.pusher.com`);
  const why = 'it is needed with PUSHER_APP_ID';
  const host = required('PUSHER_HOST (or PUSHER_CLUSTER)', api, why);
  const tls = value.PUSHER_TLS ?? true;
  const port = value.PUSHER_PORT ?? (tls ? 443 : 80);
  return {
    mode: 'external',
    appId,
    key: required('PUSHER_KEY', value.PUSHER_KEY, why),
    secret: required('PUSHER_SECRET', value.PUSHER_SECRET, why),
    host,
    port,
    tls,
    cluster,
    browser: { host, port, tls, cluster: cluster ?? null },
  };
}

function addressOf(origin: string): { host: string; port: number; tls: boolean } {
  const { hostname, port, protocol } = new URL(origin);
  const tls = protocol === 'https:';
  return { host: hostname, port: port === '' ? (tls ? 443 : 80) : Number(port), tls };
}

const generated = 'it is generated by "npm start"';

function required(name: string, value: string | undefined, why: string): string {
  if (value !== undefined) return value;
  throw new EnvError(`${name} is not set: ${why}.`);
}

// A server bound to one address does not answer on the loopback one.
function loopbackFor(host: string | undefined): string {
  return host === undefined || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}

function isOriginUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return (
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    url.username === ''
  );
}

function isAddressRange(entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function addressMatcher(entries: string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    list.addSubnet(address, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family);
  }
  return (address) => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    const family = isIP(plain);
    return family !== 0 && list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
  };
}
