import { spreadOf } from '../bench/figures.ts';
import { type PageCost, visitInTurns } from '../bench/host-page/page-cost.ts';
import { expect, test } from './host-pages/fixture.ts';

const addedMsMax = 10;

test('a busy page’s total blocking time with the chat is within 10 ms of the same page’s without it', async ({
  browser,
  hosts,
}) => {
  const visits = { hostUrl: hosts.url, runs: 9, slowdown: 1, watchedMs: 600 };
  const { without, withChat } = await visitInTurns(browser, visits);
  const median = (costs: PageCost[]) => spreadOf(costs.map(({ blockedMs }) => blockedMs)).p50;
  // The page alone blocks: what the chat does in one of its long tasks counts in full.
  expect(median(without)).toBeGreaterThan(30);
  expect(median(withChat) - median(without)).toBeLessThanOrEqual(addedMsMax);
});
