import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type postgres from 'postgres';

/** Rows on their way into a table, as PostgreSQL's COPY takes them: one line each. */
export type Copy = { write(bytes: Buffer | string): Promise<void>; end(): Promise<void> };
type Held = <T>(work: PromiseLike<T>) => Promise<T>;

/** `into` is the table with its columns, as SQL. Writing waits for a slow database; what it refuses rejects. */
export async function openCopy(client: postgres.Sql, held: Held, into: string): Promise<Copy> {
  const stream: Writable = await held(client.unsafe(`copy ${into} from stdin`).writable());
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => {});
  stream.on('error', reject);
  const settled = <T>(work: Promise<T>) => held(Promise.race([work, failed]));
  return {
    async write(block) {
      if (!stream.write(block)) await settled(once(stream, 'drain'));
    },
    async end() {
      stream.end();
      await settled(once(stream, 'finish'));
    },
  };
}

/** The rows of a `copy … to stdout`, as its answer comes. */
export async function* copyOut(opening: Promise<Readable>): AsyncGenerator<Buffer> {
  const stream = await opening;
  yield* stream;
  // postgres.js pauses its socket for a slow reader, and forgets to let it go on once the last row was read.
  stream._read(0);
}
