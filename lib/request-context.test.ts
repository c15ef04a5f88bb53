import { expect, test } from 'vitest';
import { createLogger } from '#/lib/logger.ts';
import { inRequest, requestIdNow } from '#/lib/request-context.ts';

test('each line of a request carries its id, through awaits and beside others, until the answer is out', async () => {
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', write: (line) => lines.push(line) });
  const work = async (name: string) => {
    await new Promise((resolve) => setImmediate(resolve));
    log.debug('worked', { name });
  };
  const contexts = ['a', 'b'].map((requestId) => ({ requestId, isOver: false }));
  await Promise.all(contexts.map((context) => inRequest(context, () => work(context.requestId))));
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { requestId: 'a', name: 'a' },
    { requestId: 'b', name: 'b' },
  ]);
  const later = { requestId: 'c', isOver: false };
  await inRequest(later, async () => {
    later.isOver = true;
    await work('c');
  });
  expect(lines[2]).not.toContain('requestId');
  expect(requestIdNow()).toBeUndefined();
});
