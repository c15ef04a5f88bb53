import { requestIdNow } from '#/lib/request-context.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];
export type LogFields = Record<string, unknown>;

export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** The same logger with these fields on every line, such as a request's id. */
  with(fields: LogFields): Logger;
}

/** What never reaches a log, whichever field or depth it sits at: what people wrote, and what opens doors. */
const secretField =
  /^(text|message_?text|body|snippet|subject|description|note|password|passwordhash|secret|token|tokenhash|session|cookie|cookies|set-cookie|authorization|auth|jwt|identity|signature|key|params|parameters|query|email|phone)$/i;
const secretSuffix = /(token|secret|password|cookie)$/i;
const depthMax = 4;
const stringCharsMax = 2000;

interface LoggerOptions {
  level?: LogLevel;
  write?: (line: string) => void;
  fields?: LogFields;
}

/** A logger of one JSON object a line. `event` is a fixed phrase; everything that varies goes into `fields`. */
export function createLogger({ level = 'info', write = writeLine, fields = {} }: LoggerOptions = {}): Logger {
  const threshold = logLevels.indexOf(level);
  const log =
    (at: LogLevel) =>
    (event: string, more: LogFields = {}) => {
      if (logLevels.indexOf(at) < threshold) return;
      const requestId = requestIdNow();
      const line = {
        time: new Date().toISOString(),
        level: at,
        event,
        ...(requestId === undefined ? {} : { requestId }),
        ...redactFields({ ...fields, ...more }),
      };
      write(JSON.stringify(line));
    };
  return {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    with: (more) => createLogger({ level, write, fields: { ...fields, ...more } }),
  };
}

let shared: Logger | undefined;

/** The process's logger, at `LOG_LEVEL`. */
export function logger(): Logger {
  shared ??= createLogger({ level: parseLevel(process.env.LOG_LEVEL) });
  return shared;
}

function parseLevel(value: string | undefined): LogLevel {
  return logLevels.find((level) => level === value) ?? 'info';
}

function redactFields(fields: LogFields, depth = 0): LogFields {
  const out: LogFields = {};
  for (const [name, value] of Object.entries(fields)) {
    const isSecret = secretField.test(name) || secretSuffix.test(name);
    out[name] = isSecret && value !== undefined ? '[redacted]' : redactValue(value, depth);
  }
  return out;
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.slice(0, stringCharsMax);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (value === null || typeof value !== 'object') return value;
  if (depth >= depthMax) return '[deep]';
  if (value instanceof Date) return value;
  if (value instanceof Error) return describeError(value, depth);
  if (Array.isArray(value)) return value.slice(0, 50).map((entry) => redactValue(entry, depth + 1));
  return redactFields({ ...value }, depth + 1);
}

// A database error's message and detail can quote a row, so of those only the code and the place are kept.
function describeError(error: Error, depth: number): LogFields {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const isFromDatabase = /Postgres|Drizzle/.test(`${error.name} ${error.constructor.name}`);
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    ...(isFromDatabase ? {} : { reason: error.message.slice(0, 300) }),
    at: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 8)
      .map((line) => line.trim()),
    ...(error.cause instanceof Error && depth < depthMax
      ? { cause: describeError(error.cause, depth + 1) }
      : {}),
  };
}

function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
