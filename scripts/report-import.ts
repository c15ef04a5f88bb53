import type { Prepared } from '#/db/transfer/checks.ts';
import {
  type ImportOptions,
  type ImportProgress,
  type ImportReport,
  type ImportSource,
  importRecords,
} from '#/lib/transfer/import.ts';
import { openOwnDatabase } from './own-database.ts';
import { counted, progressLine } from './transfer-files.ts';

/** Imports into this installation's database and tells the person at the terminal. Answers whether all of it is there. */
export async function importAndReport(
  source: ImportSource,
  options: Pick<ImportOptions, 'isOnlyChecked'>,
): Promise<boolean> {
  const database = await openOwnDatabase({ isMade: true });
  try {
    const startedAt = performance.now();
    const say = progressLine();
    const onProgress = (progress: ImportProgress) => say(() => wordsOf(progress));
    const report = await importRecords(database.url, source, { ...options, onProgress });
    return tell(report, source, (performance.now() - startedAt) / 1000);
  } finally {
    await database.close();
  }
}

function wordsOf(progress: ImportProgress): string {
  switch (progress.step) {
    case 'reading':
      return `read ${counted(progress.pieces)} lines, ${counted(progress.records)} records`;
    case 'checking':
      return 'looking whether they fit together';
    case 'writing':
      return `wrote ${counted(progress.done)} of ${counted(progress.total)} tickets`;
  }
}

function tell(report: ImportReport, source: ImportSource, seconds: number): boolean {
  switch (report.outcome) {
    case 'busy':
      console.error('Another import is under way: wait until it is over.');
      return false;
    case 'refused':
      for (const { source: from, number, field, what } of report.problems) {
        console.error(`${source.placeOf(from, number)}: ${field === null ? '' : `${field} `}${what}`);
      }
      if (report.hasMore) console.error('…and more: these are the first.');
      console.error('Nothing was imported.');
      return false;
    case 'checked':
      console.log(
        `Everything fits together. To be written (${seconds.toFixed(1)} s):\n${listOf(report.prepared.fresh)}`,
      );
      sayStanding(report.prepared);
      return true;
    case 'written':
      console.log(`Imported (${seconds.toFixed(1)} s):\n${listOf(report.written)}`);
      sayStanding(report.prepared);
      return true;
  }
}

function sayStanding({ kept, doubled, renumbered }: Prepared): void {
  if (kept > 0) console.log(`There already, and left as they are: ${counted(kept)}.`);
  if (doubled > 0) console.log(`Came twice, and taken once: ${counted(doubled)}.`);
  if (renumbered > 0) {
    console.log(`Tickets with another number, as theirs is another's here: ${counted(renumbered)}.`);
  }
}

function listOf(counts: Partial<Record<string, number>>): string {
  const lines = Object.entries(counts).filter(([, count]) => (count ?? 0) > 0);
  if (lines.length === 0) return '  nothing new';
  return lines.map(([name, count]) => `  ${name.padEnd(16)} ${counted(count ?? 0)}`).join('\n');
}
