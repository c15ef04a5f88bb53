import postgres from 'postgres';
import type { FinalState, Recording } from '#/bench/history-checker.ts';
import { startRecording } from '#/bench/history-checker.ts';
import { type ImportOptions, type ImportReport, importRecords } from '#/lib/transfer/import.ts';
import { exportLines, jsonlSource } from '#/lib/transfer/jsonl.ts';

/** Makes and compares exports. For tests only. */

export type Line = { noun: string; record: Record<string, unknown> };

export async function* bytesOf(text: string | Uint8Array, size = 65_536): AsyncGenerator<Buffer> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export async function exportText(url: string): Promise<string> {
  const parts: Buffer[] = [];
  for await (const line of exportLines(url)) parts.push(line);
  return Buffer.concat(parts).toString('utf8');
}

/** The lines of an export, each as it stands there, without its first and its last, which say when and how many. */
export function linesOf(text: string): string[] {
  return text.trimEnd().split('\n').slice(1, -1);
}

/** What an import itself adds to the trail; nothing else may differ between an original and its copy. */
export function withoutImport(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.includes('"after":{"imported":'));
}

export function parseLine(line: string): Line {
  const value: Line = JSON.parse(line);
  return value;
}

/** Lines that somebody wrote by hand: no header, no end. */
export function textOf(lines: readonly Line[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

export function importText(
  url: string,
  text: string | Uint8Array,
  options: ImportOptions = {},
): Promise<ImportReport> {
  return importRecords(
    url,
    jsonlSource('test.jsonl', () => bytesOf(text)),
    options,
  );
}

/** What was refused, as it is told. */
export function problemsOf(report: ImportReport): string[] {
  if (report.outcome !== 'refused') return [`not refused: ${report.outcome}`];
  return report.problems.map(({ number, field, what }) => `${number} ${field ?? '-'}: ${what}`);
}

export async function asking<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

/** Every message of an export as if it had been sent and acknowledged to both sides: what the copy has to hold. */
export function recordingOf(lines: readonly string[]): Recording {
  const recording = startRecording();
  for (const { noun, record } of lines.map(parseLine)) {
    if (noun !== 'message' || record.kind === 'event') continue;
    const { id, conversationId, text } = {
      id: String(record.id),
      conversationId: String(record.conversationId),
      text: String(record.text),
    };
    const sender = String(record.customerId ?? record.agentId);
    recording.attempts.push({ id, conversationId, sender, text });
    const told = { id, conversationId, text };
    recording.acknowledgements.push({ ...told, audience: 'staff', order: Number(record.order) });
    if (record.publicOrder === null) continue;
    recording.acknowledgements.push({ ...told, audience: 'customer', order: Number(record.publicOrder) });
  }
  return recording;
}

/** What a database holds, read past everything that is tested. */
export function finalStateOf(superUrl: string): Promise<FinalState> {
  return asking(superUrl, async (sql) => {
    const rows = await sql<FinalState['rows'][number][]>`
      select conversation_id as "conversationId", seq::int, public_seq::int as "publicSeq", id, kind, text,
        coalesce(customer_id, agent_id)::text as sender
      from messages order by conversation_id, seq`;
    const heads = await sql<FinalState['heads'][number][]>`
      select conversations.id as "conversationId", last_seq::int as "lastSeq", last_public_seq::int as "lastPublicSeq",
        (select status from tickets where tickets.id = ticket_id) as status
      from conversations`;
    const [unpublished] = await sql<{ count: number }[]>`
      select count(*)::int as count from events where published_at is null and ticket_id is not null`;
    return { rows: [...rows], heads: [...heads], unpublishedEvents: unpublished?.count ?? 0, views: [] };
  });
}
