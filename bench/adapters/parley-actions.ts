import { readFileSync } from 'node:fs';
import { z } from 'zod';

const manifestSchema = z.object({
  node: z.record(z.string(), z.object({ filename: z.string(), exportedName: z.string() })),
});

/** Id of a server action in the production build, as the browser's chunks carry it. */
export function actionIdOf(filename: string, exportedName: string): string {
  const manifest = manifestSchema.parse(
    JSON.parse(readFileSync('.next/server/server-reference-manifest.json', 'utf8')),
  );
  for (const [id, action] of Object.entries(manifest.node)) {
    if (action.filename.endsWith(filename) && action.exportedName === exportedName) return id;
  }
  throw new Error(`the build has no action ${exportedName} in ${filename}`);
}

/** The body that React's `encodeReply` makes of plain arguments. */
export function encodeArguments(args: readonly unknown[]): string {
  return JSON.stringify(args, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith('$') ? `$${value}` : value,
  );
}

/** What the action returned, out of the flight stream: row 0 points at the row that holds it. */
export function decodeAnswer(flight: string): unknown {
  const rows = new Map<string, string>();
  for (const line of flight.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) rows.set(line.slice(0, colon), line.slice(colon + 1));
  }
  const root = z.object({ a: z.string() }).parse(JSON.parse(rows.get('0') ?? 'null'));
  const row = rows.get(root.a.replace(/^\$@?/, ''));
  if (row === undefined) throw new Error('the action answered nothing');
  return JSON.parse(row);
}
