/**
 * Follows what one connection to PostgreSQL says: where messages end, which statement is asked, which answers are
 * complete. Knows as much of the protocol as that takes; what it does not understand (TLS) it calls opaque.
 */
export type PostgresMessages = {
  isOpaque(): boolean;
  /** Signed in, so that what comes are statements. */
  isReady(): boolean;
  /** Where the message at `at` ends; 0 while it is not all there. Call it once a message, in order. */
  endOfQuestion(bytes: Buffer, at: number): number;
  endOfAnswer(bytes: Buffer, at: number): number;
  /** The text of the statement that this message asks for; null for other messages. */
  statementIn(bytes: Buffer, at: number): string | null;
  /** Whether the answer that is being received is to one of the statements that `isWanted` knows. */
  isAnswering(isWanted: (statement: string) => boolean): boolean;
  /** The statements that this message ends the answer to, all of them committed; null when it ends nothing. */
  answeredBy(bytes: Buffer, at: number): string[] | null;
};

const code = { startTls: 80_877_103, startGss: 80_877_104, cancel: 80_877_102 };
const letterOf = (character: string) => character.charCodeAt(0);
const parse = letterOf('P');
const bind = letterOf('B');
const query = letterOf('Q');
const sync = letterOf('S');
const ready = letterOf('Z');
const error = letterOf('E');
const accepted = letterOf('S');

export function readPostgres(): PostgresMessages {
  const prepared = new Map<string, string>();
  /** Statements in the order they were asked; null ends what is one unit for PostgreSQL, and commits it. */
  let asked: (string | null)[] = [];
  let phase: 'starting' | 'started' | 'opaque' = 'starting';
  let bareAnswers = 0;
  let isReady = false;
  let isFailed = false;

  return {
    isOpaque: () => phase === 'opaque',
    isReady: () => isReady,

    endOfQuestion(bytes, at) {
      if (phase === 'started') return endOfMessage(bytes, at);
      if (bytes.length < at + 8) return 0;
      const end = at + bytes.readInt32BE(at);
      if (bytes.length < end) return 0;
      const version = bytes.readInt32BE(at + 4);
      if (version === code.startTls || version === code.startGss) bareAnswers++;
      else phase = version === code.cancel ? 'opaque' : 'started';
      return end;
    },

    endOfAnswer(bytes, at) {
      if (bareAnswers === 0) return endOfMessage(bytes, at);
      if (bytes.length <= at) return 0;
      bareAnswers--;
      if (bytes[at] === accepted) phase = 'opaque';
      return at + 1;
    },

    statementIn(bytes, at) {
      if (phase !== 'started') return null;
      const kind = bytes[at];
      if (kind === bind) {
        const portalEnd = bytes.indexOf(0, at + 5);
        const text = prepared.get(textAt(bytes, portalEnd + 1)) ?? '';
        asked.push(text);
        return text;
      }
      if (kind === sync) asked.push(null);
      if (kind === parse) {
        const name = textAt(bytes, at + 5);
        prepared.set(name, textAt(bytes, bytes.indexOf(0, at + 5) + 1));
      }
      if (kind !== query) return null;
      const text = textAt(bytes, at + 5);
      asked.push(text, null);
      return text;
    },

    isAnswering(isWanted) {
      for (const statement of asked) {
        if (statement === null) return false;
        if (isWanted(statement)) return true;
      }
      return false;
    },

    answeredBy(bytes, at) {
      const kind = bytes[at];
      if (kind === error) isFailed = true;
      if (kind !== ready) return null;
      isReady = true;
      const end = asked.indexOf(null);
      const unit = asked.slice(0, Math.max(0, end)).filter((statement) => statement !== null);
      asked = asked.slice(end + 1);
      const wasFailed = isFailed;
      isFailed = false;
      return wasFailed ? [] : unit;
    },
  };
}

function endOfMessage(bytes: Buffer, at: number): number {
  if (bytes.length < at + 5) return 0;
  const end = at + 1 + bytes.readInt32BE(at + 1);
  return bytes.length < end ? 0 : end;
}

function textAt(bytes: Buffer, at: number): string {
  return bytes.toString('utf8', at, bytes.indexOf(0, at));
}
