import { createHash } from 'node:crypto';
import { isRecord } from '#/lib/transfer/pieces.ts';

/** What a Parse export says in a value: pointers, dates, files. `undefined` is what it is not. */

export type ParsePointer = {
  /** Null: only the objectId is there. */
  className: string | null;
  objectId: string;
};

export function pointerOf(value: unknown): ParsePointer | undefined {
  if (typeof value === 'string' && value !== '') return { className: null, objectId: value };
  if (!isRecord(value)) return undefined;
  const { __type: type, className, objectId } = value;
  if (type !== 'Pointer' && type !== 'Object') return undefined;
  if (typeof className !== 'string' || typeof objectId !== 'string' || objectId === '') return undefined;
  return { className, objectId };
}

/** ISO 8601; of a time that cannot be read, the text itself, so that it is named. */
export function timeOf(value: unknown): string | undefined {
  if (isRecord(value) && value.__type === 'Date') return timeOf(value.iso);
  if (typeof value === 'number' && Number.isFinite(value)) {
    const moment = new Date(value);
    return Number.isNaN(moment.getTime()) ? String(value) : moment.toISOString();
  }
  if (typeof value !== 'string' || value === '') return undefined;
  const moment = new Date(value);
  return Number.isNaN(moment.getTime()) ? value : moment.toISOString();
}

/** A file's name and where it is; its bytes are not in an export. */
export function fileOf(value: unknown): { name: string; url: string } | undefined {
  if (!isRecord(value) || value.__type !== 'File') return undefined;
  const { name, url } = value;
  return typeof name === 'string' && typeof url === 'string' ? { name, url } : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** The same id for the same object each time, so that a second import finds what the first made. */
export function idOfObject(kind: string, objectId: string): string {
  const hex = createHash('sha256').update(`parley import ${kind} ${objectId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
