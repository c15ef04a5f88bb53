import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ticketPriorities, ticketStatuses } from '#/lib/tickets/schema.ts';
import { type ParseKind, type ParseWords, parseKinds, plainWord } from '#/lib/transfer/parse-classes.ts';
import { type DumpFile, type LeftOut, parseDumpSource } from '#/lib/transfer/parse-source.ts';
import { reasonOf } from './database-preparation.ts';
import { Refusal } from './refusal.ts';
import { importAndReport } from './report-import.ts';
import { counted, importReasonOf, readTransferFile } from './transfer-files.ts';

/** `npm run import:parse -- <folder>`: the classes of a Parse export, a file for each. See docs/import.md. */
const usage =
  'Say: npm run import:parse -- <folder> [--check] [--class Chat=Conversation] [--status "on ice=pending"] [--priority 1=low]';

try {
  const { folder, isOnlyChecked, words } = parseArguments();
  const files = await listDump(folder);
  const source = await parseDumpSource(folder, files, words);
  const isDone = await importAndReport(source, { isOnlyChecked });
  tellLeftOut(source.leftOut);
  if (!isDone) process.exitCode = 1;
} catch (error) {
  console.error(importReasonOf(error) ?? reasonOf(error));
  process.exitCode = 1;
}

async function listDump(folder: string): Promise<DumpFile[]> {
  const names = await readdir(folder).catch(() => {
    throw new Refusal(`There is no folder ${folder}.`);
  });
  const files = names
    .filter((name) => /\.jsonl?(\.gz)?$/.test(name))
    .toSorted()
    .map((fileName) => ({
      className: basename(fileName).replace(/\.jsonl?(\.gz)?$/, ''),
      fileName,
      open: () => readTransferFile(join(folder, fileName)),
    }));
  if (files.length === 0)
    throw new Refusal(`${folder} has no classes in it: a file such as Ticket.json for each.`);
  return files;
}

function tellLeftOut(leftOut: LeftOut): void {
  if (leftOut.size === 0) return;
  console.log('Not taken over, as Parley has no place for it:');
  for (const [name, count] of leftOut) {
    console.log(name.startsWith('class ') ? `  ${name}` : `  ${name} (${counted(count)})`);
  }
}

function parseArguments(): { folder: string; isOnlyChecked: boolean; words: ParseWords } {
  const { values, positionals } = readArguments();
  const [folder, ...rest] = positionals;
  if (folder === undefined || rest.length > 0) throw new Refusal(usage);
  return {
    folder: resolve(folder),
    isOnlyChecked: values.check,
    words: {
      classes: pairsOf(values.class, parseKinds, (name) => name) satisfies Record<string, ParseKind>,
      statuses: pairsOf(values.status, ticketStatuses, plainWord),
      priorities: pairsOf(values.priority, ticketPriorities, plainWord),
    },
  };
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        check: { type: 'boolean', default: false },
        class: { type: 'string', multiple: true, default: [] },
        status: { type: 'string', multiple: true, default: [] },
        priority: { type: 'string', multiple: true, default: [] },
      },
    });
  } catch {
    throw new Refusal(usage);
  }
}

/** `theirs=ours`, as often as it is said. */
function pairsOf<const Ours extends string>(
  given: readonly string[],
  known: readonly Ours[],
  plain: (name: string) => string,
): Record<string, Ours> {
  const pairs = given.map((pair) => {
    const at = pair.lastIndexOf('=');
    const ours = known.find((each) => each === pair.slice(at + 1));
    if (at < 1 || ours === undefined) {
      throw new Refusal(
        `${pair} is not understood: say theirs=ours, and ours is one of ${known.join(', ')}.`,
      );
    }
    return [plain(pair.slice(0, at)), ours] as const;
  });
  return Object.fromEntries(pairs);
}
