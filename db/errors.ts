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
  if (found === null) return isDriverError(error) ? unavailable('database_lost') : error;
  return isPassingState(found.code)
    ? unavailable('database_busy')
    : new DatabaseError(found.code, found.constraint);
}

export type UnavailableReason = 'database_lost' | 'database_slow' | 'database_busy' | 'database_closed';
export function unavailable(reason: UnavailableReason): RefusedError {
  return new RefusedError({ code: 'unavailable', reason });
}

/** Out of resources, shutting down, cancelled by a timeout, deadlocked, read-only after a failover: the same call may work later. */
function isPassingState(code: string): boolean {
  return (
    code.startsWith('08') ||
    code.startsWith('53') ||
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

/** postgres.js and the network: CONNECTION_CLOSED, CONNECTION_DESTROYED, ECONNREFUSED, … */
function isDriverError(error: unknown): boolean {
  let current = error;
  for (let depth = 0; depth < wrappingDepthMax && current instanceof Error; depth++) {
    const code = textField(current, 'code');
    if (code !== null && /^(CONNECT|E[A-Z]{3,}$)/.test(code)) return true;
    current = current.cause;
  }
  return false;
}

function textField(source: object, name: string): string | null {
  const value: unknown = Reflect.get(source, name);
  return typeof value === 'string' && value !== '' ? value : null;
}
