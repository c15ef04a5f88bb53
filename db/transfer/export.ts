import { refuseHiddenRows } from '#/db/backup.ts';
import { copyOut } from '#/db/copy.ts';
import { openOneConnection } from '#/db/one-connection.ts';
import { requireSameSchema } from '#/db/transfer/same-schema.ts';
import {
  type TransferNoun,
  type TransferTable,
  transferNouns,
  transferTables,
} from '#/db/transfer/tables.ts';

export type ExportedRecord = { noun: TransferNoun; record: Record<string, unknown> };

/**
 * Every record of the database at one moment, each after those that it refers to and always in the same order; Parley goes
 * on meanwhile. `onCounts` hears before the first about how many there are, as far as the database knows without counting.
 */
export async function* exportRecords(
  url: string,
  onCounts: (about: number) => void = () => {},
): AsyncGenerator<ExportedRecord> {
  const connection = await openOneConnection(url, 'parley export');
  const { client, held, close } = connection;
  try {
    await requireSameSchema(connection);
    await held(client.unsafe('begin isolation level repeatable read read only'));
    const names = transferNouns.map((noun) => transferTables[noun].table);
    await held(refuseHiddenRows(client, [...names, 'ticket_tags']));
    const [row] = await held(
      client<
        { about: number }[]
      >`select coalesce(sum(greatest(reltuples, 0)), 0)::float8 as about from pg_class
        where relnamespace = 'public'::regnamespace and relname in ${client(names)}`,
    );
    onCounts(row?.about ?? 0);
    for (const noun of transferNouns) {
      const statement = `copy (${recordsOf(transferTables[noun])}) to stdout`;
      const rows = copyOut(held(client.unsafe(statement).readable()));
      for await (const json of copiedTexts(rows)) yield { noun, record: parseRecord(json) };
    }
    await held(client.unsafe('commit'));
  } finally {
    await close();
  }
}

function recordsOf({ table, columns, order, more = {}, where = 'true' }: TransferTable): string {
  const fields = [
    ...columns
      .filter(({ isInner }) => isInner !== true)
      .map(({ field, column, type }) => [field, type === 'timestamptz' ? momentOf(column) : `t."${column}"`]),
    ...Object.entries(more),
  ];
  const pairs = fields.map(([field, value]) => `'${field}', ${value}`).join(', ');
  return `select json_build_object(${pairs})::text from public.${table} t where ${where} order by ${order}`;
}

function momentOf(column: string): string {
  return `to_char(t."${column}" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** Rows of one text column, as COPY writes them. Of what it escapes, JSON has the backslash alone. */
async function* copiedTexts(rows: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of rows) {
    const block = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let at = block.indexOf(10); at >= 0; at = block.indexOf(10, from)) {
      yield block.toString('utf8', from, at).replaceAll('\\\\', '\\');
      from = at + 1;
    }
    rest = block.subarray(from);
  }
}

/** Safe: PostgreSQL built it as an object a moment ago. */
function parseRecord(json: string): Record<string, unknown> {
  return JSON.parse(json) as Record<string, unknown>;
}
