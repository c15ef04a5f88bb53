import type * as z from 'zod/mini';
import type { Misfit } from '#/db/transfer/checks.ts';
import type { PieceProblem, Unsound } from '#/lib/transfer/pieces.ts';

/** Why a file can't be taken in as it is: one place, one field, one sentence. */
export type Problem = {
  source: number;
  number: number;
  /** Null: the line as a whole. */
  field: string | null;
  what: string;
};

const pieceSentences: Record<PieceProblem, string> = {
  too_long: 'is longer than 1 MB, which no record is',
  not_utf8: 'is not UTF-8',
  not_json: 'is not JSON',
  not_an_object: 'is not a JSON object',
};
export const sentenceOfPiece = (problem: PieceProblem): string => pieceSentences[problem];

const unsoundSentences: Record<Unsound['reason'], string> = {
  has_nul: 'has a NUL character in it, which no text here can have',
  too_deep: 'is nested more than twenty deep',
  number_too_large: 'is a number without end',
};
export const sentenceOfUnsound = (reason: Unsound['reason']): string => unsoundSentences[reason];

const shownMax = 60;
const shown = (text: string) => `"${text.length > shownMax ? `${text.slice(0, shownMax)}…` : text}"`;

type Issue = z.core.$ZodIssue;

/** What a schema said against a record: the field, and what is wrong with it. */
export function describeIssue(issue: Issue): { field: string | null; what: string } {
  const path = issue.path.map(String).join('.');
  const field = path === '' ? null : path;
  switch (issue.code) {
    case 'unrecognized_keys': {
      const [key = ''] = issue.keys;
      return {
        field: [path, key.slice(0, shownMax)].filter(Boolean).join('.'),
        what: 'is no field of this record',
      };
    }
    case 'invalid_type':
      return {
        field,
        what:
          issue.input === undefined
            ? 'is missing'
            : `has to be ${typeWords[issue.expected] ?? issue.expected}`,
      };
    case 'invalid_value':
      return { field, what: `has to be one of ${issue.values.map(String).join(', ')}` };
    case 'too_big':
      return { field, what: `is more than ${String(issue.maximum)} ${unitOf(issue.origin)}`.trimEnd() };
    case 'too_small':
      return { field, what: `is less than ${String(issue.minimum)} ${unitOf(issue.origin)}`.trimEnd() };
    case 'invalid_format':
      return { field, what: formatWords[issue.format] ?? sentenceOfReason(issue.message) };
    case 'invalid_union':
      return { field, what: 'is of a kind that it cannot be' };
    default:
      return { field, what: sentenceOfReason(issue.message ?? '') };
  }
}

const typeWords: Partial<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};
const formatWords: Partial<Record<string, string>> = {
  uuid: 'is not a UUID',
  datetime: 'is not a time in ISO 8601 with its zone',
};
const unitOf = (origin: string) => (origin === 'string' ? 'characters' : origin === 'array' ? 'entries' : '');

/** Reasons of our own schemas are words with underscores; the few that need more are here. */
const reasonWords: Partial<Record<string, string>> = {
  before_1970: 'is before 1970',
  moment_unknown: 'is not a time in ISO 8601 with its zone',
  phone_not_valid: 'is not a telephone number with its country, such as +4930123456',
  email_not_valid: 'is not an e-mail address',
  sender_unclear: 'and agentId name more than one sender',
  reply_of_nobody: 'or agentId has to be there: a reply is somebody’s',
  snooze_without_end: 'is missing: a snoozed ticket says when it wakes',
  note_of_agent: 'is missing: only an agent writes notes',
  note_is_public: 'has to be null: no customer sees a note',
  reply_not_public: 'is missing: a reply is seen by its customer',
  event_without_change: 'is missing: an event says what changed',
  change_of_none: 'has to be null: only an event says what changed',
  public_beyond_seq: 'is beyond seq',
  person_unclear: 'or agentId has to be there, and not both',
  text_empty: 'is empty',
  has_controls: 'has control characters in it',
  moved_into_itself: 'names itself',
};

function sentenceOfReason(reason: string): string {
  const known = reasonWords[reason];
  if (known !== undefined) return known;
  return /^[a-z_]+$/.test(reason) ? `is refused: ${reason.replaceAll('_', ' ')}` : 'is not valid';
}

/** In the files' own words: `placeOf` names another line or object, `fieldOf` a field where ids are not the files' own. */
export function describeMisfit(
  misfit: Misfit,
  words: { placeOf(source: number, number: number): string; fieldOf?(field: string): string },
): Problem {
  const { source, number, value, expected, otherSource, otherNumber } = misfit;
  const other = otherSource === null || otherNumber === null ? '' : words.placeOf(otherSource, otherNumber);
  const field = words.fieldOf?.(misfit.field) ?? misfit.field;
  const id = words.fieldOf === undefined ? `: ${shown(value ?? '')}` : '';
  return { source, number, field, what: whatOf() };

  function whatOf(): string {
    switch (misfit.reason) {
      case 'doubled':
        return `is that of another record than ${other} has under it`;
      case 'used_twice':
        return `is the same as in ${other}, and there can be only one: ${shown(value ?? '')}`;
      case 'reference_unknown':
        return `is no ${expected ?? ''} in what came or in Parley${id}`;
      case 'reference_missing':
        return 'is missing';
      case 'stored_otherwise':
        return misfit.field === 'text'
          ? 'is another than what is stored under this id'
          : `is ${value ?? ''}, and the message is stored at ${expected ?? ''}`;
      case 'seq_not_next':
      case 'public_seq_not_next':
        return `is ${value ?? 'null'} where ${expected ?? 'null'} belongs`;
      case 'head_not_reached':
        return `is ${value ?? ''}, and the messages that came end at ${expected ?? ''}`;
      case 'mark_beyond_head':
        return `is ${value ?? ''}, and the conversation ends at ${expected ?? ''}`;
    }
  }
}
