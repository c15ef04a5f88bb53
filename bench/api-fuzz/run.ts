import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { accessSchema } from '#/bench/adapters/parley-calls.ts';
import { startParley } from '#/bench/adapters/parley-system.ts';
import { runFuzz } from '#/bench/api-fuzz/fuzz.ts';

/** `npm run fuzz`: does the public API keep its word, whatever it is asked? */
const { values: options } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
});
const seed = Number(options.seed);
console.log(`seed ${seed} (--seed ${seed} asks the same again)`);
// Whatever is stored is to be a request's doing: what happens by itself is a worker's, and there is none.
const system = await startParley('scripts/launch.ts', { WORKERS: 'apart' });
try {
  const beganMs = performance.now();
  const report = await runFuzz({
    access: accessSchema.parse(system.access),
    superUrl: system.superUrl(),
    requests: Number(options.requests),
    seed,
    say: (line) => console.log(line),
  });
  const seconds = Math.round((performance.now() - beganMs) / 1_000);
  const statuses = [...report.statuses].toSorted(([one], [other]) => one - other);
  console.log(`\n${report.requests} requests to ${report.operations} operations in ${seconds} s`);
  for (const [status, count] of statuses) console.log(`${status}  ${String(count).padStart(6)}`);
  console.log(`never succeeded: ${report.neverSucceeded.join(', ') || 'none'}`);
  for (const complaint of report.complaints) console.error(complaint);
  console.log(
    report.complaints.length === 0
      ? `\nNo 5xx, and after ${report.refusals} refusals nothing was stored.`
      : `\n${report.complaints.length} complaints; seed ${seed}.`,
  );
  process.exitCode = report.complaints.length === 0 ? 0 : 1;
} finally {
  await system.stop();
}
