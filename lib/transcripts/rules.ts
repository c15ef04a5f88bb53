import type { Entry } from '#/lib/messages/schema.ts';
import type { Say } from '#/lib/texts/words.ts';

/** How a transcript is written: in the customer's language, zone and clock. */
export type TranscriptStyle = {
  say: Say;
  /** How moments are written. */
  locale: string;
  /** IANA name. */
  timezone: string;
  company: string;
};

/** What stands above the first message. */
export function transcriptHead(
  { say, locale, timezone, company }: TranscriptStyle,
  ticket: { subject: string; number: number },
  nowMs: number,
): string {
  const moment = new Intl.DateTimeFormat(locale, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: timezone,
  }).format(nowMs);
  return [
    say('transcript.title', { company: oneLine(company) }),
    `${oneLine(ticket.subject)} (#${ticket.number})`,
    say('transcript.made', { moment, zone: timezone }),
    '',
  ].join('\n');
}

/**
 * Public entries as lines of text, in their order. Begins a new day with its date; `lastDay` is the day that the text
 * before ended in. Nothing that is staff's own may come in here.
 */
export function transcriptOf(
  style: TranscriptStyle,
  entries: readonly Entry[],
  lastDay: string | null,
): { text: string; lastDay: string | null } {
  const { say, locale, timezone } = style;
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone: timezone });
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: timezone });
  let current = lastDay;
  const lines: string[] = [];
  for (const entry of entries) {
    const at = new Date(entry.sentAt);
    const day = days.format(at);
    if (day !== current) lines.push('', day, '');
    current = day;
    const words = wordsOf(say, entry);
    if (words === null) continue;
    const [first = '', ...rest] = words.split('\n');
    lines.push(`${clock.format(at)}  ${first}`, ...rest.map((line) => `       ${line}`));
  }
  return { text: lines.map((line) => `${line}\n`).join(''), lastDay: current };
}

function wordsOf(say: Say, entry: Entry): string | null {
  if (entry.kind === 'note') return null;
  if (entry.kind === 'event') return changeWords(say, entry);
  const name = entry.sender.kind === 'agent' ? isolated(entry.sender.name) : say('transcript.you');
  const files = (entry.files ?? []).map((file) => say('transcript.file', { name: oneLine(file.name) }));
  return [`${name}: ${entry.text}`, ...files].join('\n');
}

function changeWords(say: Say, { change, sender }: Entry): string | null {
  if (change?.field !== 'status') return null;
  if (change.to === 'closed') return say('change.closed');
  if (change.to !== 'resolved') return say('change.reopened');
  if (sender.kind !== 'agent') return say('change.resolved');
  return say('change.resolvedBy', { name: oneLine(sender.name) });
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** A name turns none of the words beside it around. */
function isolated(name: string): string {
  return `\u2068${oneLine(name)}\u2069`;
}

/** What a browser may call the file. */
export function transcriptName(number: number): string {
  return `conversation-${number}.txt`;
}
