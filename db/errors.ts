import { RefusedError } from '#/lib/errors.ts';

/**
 * What PostgreSQL refused, without the statement and its values: those hold message texts and addresses, and an
 * error ends up in logs. `code` is the SQLSTATE.
 */
export class DatabaseError extends Error {
  readonly code: string;
  readonly constraint: string | null;
  constructor(code: string, constraint: string | null) {
    super(`database error ${code}${constraint === null ? '' : ` (${constraint})`}`);
    this.name = 'DatabaseError';
    this.code = code;
    this.constraint = constraint;
  }
}

/** The SQLSTATE of a refused statement, also below drizzle's wrapping; null for any other error. */
export function sqlStateOf(error: unknown): string | null {
  return findServerError(error)?.code ?? null;
}

/** The name of the constraint that a refused statement violated, or null. */
export function constraintOf(error: unknown): string | null {
  return findServerError(error)?.constraint ?? null;
}

/** The error for callers: passing ones become `unavailable`, others keep SQLSTATE and constraint, ours stay as they are. */
export function toCallerError(error: unknown): unknown {
  const found = findServerError(error);
  if (found === null) return findDriverCode(error) !== null ? unavailable('database_lost') : error;
  return isPassingState(found.code)
    ? unavailable('database_busy')
    : new DatabaseError(found.code, found.constraint);
}

/** What a caller learns when the server did not answer: `unavailable`, whatever the trouble below was. */
export function toUnavailable(error: unknown): RefusedError {
  const reason = troubleOf(error);
  return unavailable(reasons.find((known) => known === reason) ?? 'database_lost');
}

/** One word for an operator: a SQLSTATE, a network code such as ECONNREFUSED, or our own reason. */
export function troubleOf(error: unknown): string {
  const known = findServerError(error)?.code ?? findDriverCode(error);
  if (known !== null) return known;
  const reason = error instanceof Error ? textField(error, 'failure', 'reason') : null;
  return reason ?? 'database_lost';
}

const reasons = ['database_lost', 'database_slow', 'database_busy', 'database_closed'] as const;
export type UnavailableReason = (typeof reasons)[number];
export function unavailable(reason: UnavailableReason): RefusedError {
  const wait = reason === 'database_busy' ? { retryAfterMs: busyMs } : {};
  return new RefusedError({ code: 'unavailable', reason, ...wait });
}

/** A server without room, connections or time is not helped by being asked at once. */
const busyMs = 1_000;

/** Out of resources, a failing disk, shutting down, cancelled by a timeout, deadlocked, read-only after a failover: the same call may work later. */
function isPassingState(code: string): boolean {
  return (
    code.startsWith('08') ||
    code.startsWith('53') ||
    code.startsWith('58') ||
    code.startsWith('40') ||
    ['57P01', '57P02', '57P03', '57P05', '57014', '55P03', '25P03', '25006'].includes(code)
  );
}

const wrappingDepthMax = 5;

function findServerError(error: unknown): { code: string; constraint: string | null } | null {
  let current = error;
  for (let depth = 0; depth < wrappingDepthMax && current instanceof Error; depth++) {
    const code = textField(current, 'code');
    if (code !== null && /^[0-9A-Z]{5}$/.test(code)) {
      return { code, constraint: textField(current, 'constraint_name') ?? textField(current, 'constraint') };
    }
    current = current.cause;
  }
  return null;
}

/** postgres.js, the network and TLS: CONNECTION_CLOSED, CONNECTION_DESTROYED, ECONNREFUSED, CERT_HAS_EXPIRED, … */
function findDriverCode(error: unknown): string | null {
  let current = error;
  for (let depth = 0; depth < wrappingDepthMax && current instanceof Error; depth++) {
    const code = textField(current, 'code');
    if (code !== null && /^(CONNECT|E[A-Z]{3,}$|ERR_(TLS|SSL|STREAM)|UNABLE_TO|.*CERT)/.test(code))
      return code;
    current = current.cause;
  }
  return null;
}

function textField(source: object, ...path: string[]): string | null {
  let value: unknown = source;
  for (const name of path)
    value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : null;
  return typeof value === 'string' && value !== '' ? value : null;
}
