import { setTimeout as delay } from 'node:timers/promises';
import type { Page, Route } from '@playwright/test';
import {
  blockStorage,
  crash,
  disturbSockets,
  fillStorage,
  freeze,
  routeActions,
  type StorageFault,
  shiftClock,
} from '#/bench/faults/pages/browser-tricks.ts';
import type { Stage, Tab, TabOptions } from '#/bench/faults/pages/stage.ts';
import { between, pick } from '#/bench/random.ts';
import { customerOn } from '#/e2e/people.ts';

/** A fault of the browser. `run` begins on an empty stage and ends with everything healed and everybody caught up. */
export type PageFault = {
  name: string;
  /** Stops the server and starts another build. */
  isDeployed?: true;
  run(stage: Stage): Promise<void>;
};

const dayMs = 24 * 60 * 60_000;

export const pageFaults: readonly PageFault[] = [
  { name: 'double click on Send, Enter again and again', run: pressAgainAndAgain },
  { name: 'two tabs of one person write at once', run: writeInTwoTabs },
  { name: 'two tabs whose frames have no storage', run: writeInTwoTabsWithoutStorage },
  { name: 'tab closed while sending', run: closeWhileSending },
  { name: 'tab crashed while sending, opened a day later', run: crashWhileSending },
  { name: 'deployed while tabs are open', isDeployed: true, run: deployUnderOpenTabs },
  { name: 'crashed, and opened after a deployment', isDeployed: true, run: crashBeforeDeployment },
  { name: 'tab frozen', run: freezeTab },
  { name: 'back from the back/forward cache', run: comeBackFromCache },
  { name: 'clock wrong by years', run: setWrongClock },
  { name: 'storage blocked', run: refuseStorage },
  { name: 'storage full', run: useUpStorage },
  { name: 'offline and online', run: goOffline },
  { name: 'pushed frames dropped, doubled, delayed', run: disturbFrames },
  { name: 'answers lost or held after the work was done', run: loseAnswers },
];

async function pressAgainAndAgain(stage: Stage): Promise<void> {
  const { customer, agent } = await meet(stage);
  const sendOf = (tab: Tab) =>
    (tab === customer ? customerOn(tab.page).frame : tab.page).getByRole('button', {
      name: 'Send',
      exact: true,
    });
  const keysOf = (tab: Tab) => (tab === customer ? 'Enter' : 'Control+Enter');
  const ways: ((tab: Tab) => Promise<void>)[] = [
    (tab) => sendOf(tab).dblclick(),
    (tab) => sendOf(tab).click({ clickCount: 3 }),
    async (tab) => {
      await Promise.all(Array.from({ length: 5 }, () => tab.page.keyboard.press(keysOf(tab))));
    },
    async (tab) => {
      // A key that is held repeats by itself.
      for (let repeat = 0; repeat < 5; repeat++) await tab.page.keyboard.down('Enter');
      await tab.page.keyboard.up('Enter');
      if (tab !== customer) await tab.page.keyboard.press('Control+Enter');
    },
  ];
  const turns = shuffled(
    stage.random,
    [customer, agent].flatMap((tab) => ways.map((way) => ({ tab, way }))),
  );
  for (const { tab, way } of turns.slice(0, 6)) {
    const isHeldInBox = tab !== customer && way === ways[3];
    if (isHeldInBox) continue;
    tab.attempt(await tab.fill());
    await way(tab);
    stage.inject();
  }
  await finish(stage, [customer, agent]);
}

async function writeInTwoTabsWithoutStorage(stage: Stage): Promise<void> {
  const { origin } = new URL(stage.grounds.shopUrl);
  const how = pick(stage.random, ['refused', 'silent'] as const);
  await writeInTwoTabs(stage, async (page) => {
    await blockStorage(page, origin, { where: 'own', what: 'everything', how });
  });
}

async function writeInTwoTabs(stage: Stage, prepare = async (_: Page) => {}): Promise<void> {
  const first = await stage.openCustomer({ prepare });
  const second = await stage.openCustomer({ beside: first, prepare });
  // Neither knows of the other's word yet: both begin the conversation, and it has to be the same one.
  for (const { page } of [second, first]) {
    // Nothing moves, and so nothing can be clicked, in a page that is in the background.
    await page.bringToFront();
    await customerOn(page).start();
  }
  await Promise.all([stage.begin(first), second.write()]);
  stage.inject();
  const agent = await stage.openAgent();
  const rounds = howMany(stage.random, 3, 6);
  for (let round = 0; round < rounds; round++) {
    await Promise.all(shuffled(stage.random, [first, second, agent]).map((tab) => tab.write()));
    stage.inject();
  }
  await agent.write('note');
  await finish(stage, [first, second, agent]);
}

async function closeWhileSending(stage: Stage): Promise<void> {
  const { customer, agent } = await meet(stage);
  const victim = pick(stage.random, [customer, agent]);
  const [other] = [customer, agent].filter((tab) => tab !== victim);
  await writeUnanswered(stage, victim);
  victim.leave();
  await victim.page.close();
  stage.inject();
  await other?.write();
  const again = await reopen(stage, victim);
  await finish(stage, [again, ...(other === undefined ? [] : [other])]);
}

async function crashWhileSending(stage: Stage): Promise<void> {
  const { customer, agent } = await meet(stage);
  const victim = pick(stage.random, [customer, agent]);
  const [other] = [customer, agent].filter((tab) => tab !== victim);
  await writeUnanswered(stage, victim);
  victim.leave();
  await crash(victim.page);
  stage.inject();
  await other?.write();
  const again = await reopen(stage, victim, (page) => aDayLater(page));
  await finish(stage, [again, ...(other === undefined ? [] : [other])]);
}

async function deployUnderOpenTabs(stage: Stage): Promise<void> {
  const { customer, agent } = await meet(stage);
  const lives = [customer, agent].map((tab) => tab.screen()?.life);
  await stage.grounds.server.stop();
  for (const tab of [customer, agent]) {
    for (let count = howMany(stage.random, 1, 3); count > 0; count--) await tab.write();
  }
  await stage.grounds.server.startNextBuild();
  stage.inject(2);
  await stage.untilSettled();
  const isOld = [customer, agent].some((tab, index) => tab.screen()?.life === lives[index]);
  if (isOld) throw new Error('a tab of the old build was not told of the new one');
  await finish(stage, [customer, agent]);
  await stage.grounds.server.start();
}

async function crashBeforeDeployment(stage: Stage): Promise<void> {
  const { customer, agent } = await meet(stage);
  await writeUnanswered(stage, customer);
  customer.leave();
  await crash(customer.page);
  await stage.grounds.server.stop();
  await stage.grounds.server.startNextBuild();
  stage.inject(2);
  await agent.write();
  const again = await reopen(stage, customer, (page) => aDayLater(page));
  await finish(stage, [again, agent]);
  await stage.grounds.server.start();
}

async function freezeTab(stage: Stage): Promise<void> {
  const isCustomer = stage.random() < 0.5;
  const apart = { isApart: true };
  const { customer, agent } = await meet(stage, isCustomer ? { customer: apart } : { agent: apart });
  const [frozen, awake] = isCustomer ? [customer, agent] : [agent, customer];
  if (stage.random() < 0.5) await frozen.write();
  const browser = frozen.context.browser();
  if (browser === null) throw new Error('the frozen tab has no browser');
  const shownBefore = frozen.screen()?.shown.length;
  const thaw = await freeze(browser);
  try {
    stage.inject();
    for (let count = howMany(stage.random, 2, 6); count > 0; count--) await awake.write();
    if (awake === agent) await agent.write('note');
    await delay(howMany(stage.random, 1_000, 4_000));
    const isFrozen = frozen.screen()?.shown.length === shownBefore;
    if (!isFrozen) throw new Error('the tab was not frozen');
  } finally {
    thaw();
  }
  await finish(stage, [frozen, awake]);
}

async function comeBackFromCache(stage: Stage): Promise<void> {
  const { customer, agent } = await meet(stage);
  const { page } = customer;
  await page.evaluate(() => {
    addEventListener('pageshow', ({ persisted }) => sessionStorage.setItem('persisted', String(persisted)));
  });
  const box = await customerOn(page).composer.boundingBox();
  if (box === null) throw new Error('there is no composer');
  if (stage.random() < 0.5) await customer.write();
  await page.goto(`${stage.grounds.shopUrl}/strict`);
  for (let count = howMany(stage.random, 1, 4); count > 0; count--) await agent.write();
  await page.evaluate(() => history.back()).catch(() => undefined);
  // No loading and no navigation that a driver would hear of: only the page itself knows.
  await page.waitForFunction(() => sessionStorage.getItem('persisted') === 'true', null, { polling: 50 });
  stage.inject();
  await stage.untilSettled();
  // The driver has lost the frame; mouse and keyboard have not.
  const text = customer.newText().replaceAll('\n', ' ');
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await page.keyboard.insertText(text);
  customer.attempt(text);
  await page.keyboard.press('Enter');
  await agent.write();
  await stage.untilSettled();
}

async function setWrongClock(stage: Stage): Promise<void> {
  const years = howMany(stage.random, 2, 30) * (stage.random() < 0.5 ? -1 : 1);
  const wrongMs = years * 365 * dayMs;
  const correctedAfterMs = stage.random() < 0.5 ? 3_000 : dayMs;
  const customer = await stage.openCustomer({
    prepare: async (page) => void (await shiftClock(page, wrongMs, correctedAfterMs)),
  });
  await stage.begin(customer);
  const agent = await stage.openAgent({
    prepare: async (page) => void (await shiftClock(page, -wrongMs, correctedAfterMs)),
  });
  stage.inject(2);
  for (let count = howMany(stage.random, 2, 5); count > 0; count--) {
    await customer.write();
    await agent.write();
  }
  await agent.write('note');
  await finish(stage, [customer, agent]);
}

async function refuseStorage(stage: Stage): Promise<void> {
  const fault: StorageFault = {
    where: pick(stage.random, ['own', 'host', 'everywhere'] as const),
    what: pick(stage.random, ['indexedDB', 'localStorage', 'everything'] as const),
    how: pick(stage.random, ['refused', 'silent'] as const),
  };
  const hostOrigin = new URL(stage.grounds.shopUrl).origin;
  const prepare = async (page: Page) => void (await blockStorage(page, hostOrigin, fault));
  const customer = await stage.openCustomer({ prepare });
  await stage.begin(customer);
  const agent = await stage.openAgent({
    prepare: async (page) => void (await blockStorage(page, hostOrigin, { ...fault, where: 'own' })),
  });
  stage.inject(2);
  for (const tab of [customer, agent]) await tab.write();
  await finish(stage, [customer, agent]);
}

async function useUpStorage(stage: Stage): Promise<void> {
  const origins = [new URL(stage.grounds.shopUrl).origin, new URL(stage.grounds.appUrl).origin];
  const customer = await stage.openCustomer();
  const isFullAtFirst = stage.random() < 0.5;
  if (isFullAtFirst) await fillStorage(customer.page, origins);
  await stage.begin(customer);
  const agent = await stage.openAgent();
  if (!isFullAtFirst) await fillStorage(customer.page, origins);
  await fillStorage(agent.page, origins);
  stage.inject(2);
  for (const tab of [customer, agent]) {
    for (let count = howMany(stage.random, 1, 3); count > 0; count--) await tab.write();
  }
  await finish(stage, [customer, agent]);
}

async function goOffline(stage: Stage): Promise<void> {
  const { customer, agent } = await meet(stage);
  const gone = pick(stage.random, [customer, agent]);
  const here = gone === customer ? agent : customer;
  for (let time = howMany(stage.random, 1, 2); time > 0; time--) {
    await gone.context.setOffline(true);
    stage.inject();
    for (let count = howMany(stage.random, 1, 3); count > 0; count--) {
      await gone.write();
      await here.write();
    }
    await delay(howMany(stage.random, 100, 1_500));
    await gone.context.setOffline(false);
  }
  await finish(stage, [customer, agent]);
}

async function disturbFrames(stage: Stage): Promise<void> {
  const fault = { drop: 0.2, double: 0.2, delayMsMax: howMany(stage.random, 50, 1_500) };
  const disturbances: Awaited<ReturnType<typeof disturbSockets>>[] = [];
  const prepare = async (page: Page) => {
    disturbances.push(await disturbSockets(page, stage.random, fault));
  };
  const customer = await stage.openCustomer({ prepare });
  await stage.begin(customer);
  const agent = await stage.openAgent({ prepare });
  for (let count = howMany(stage.random, 6, 10); count > 0; count--) {
    await pick(stage.random, [customer, agent]).write();
  }
  await agent.write('note');
  for (const { heal, count } of disturbances) {
    heal();
    stage.inject(count());
  }
  // What was dropped last is missed when the next frame comes.
  await Promise.all([customer.write(), agent.write()]);
  await finish(stage, [customer, agent]);
}

async function loseAnswers(stage: Stage): Promise<void> {
  const { customer, agent } = await meet(stage);
  const undo = await Promise.all(
    [customer, agent].map((tab) =>
      routeActions(tab.page, async (route) => {
        const chance = stage.random();
        if (chance < 0.2) return route.abort('connectionfailed');
        const response = await route.fetch();
        stage.inject();
        if (chance < 0.6) return route.abort('connectionreset');
        await delay(howMany(stage.random, 100, 2_000));
        return route.fulfill(chance < 0.7 ? { status: 502, body: 'bad gateway' } : { response });
      }),
    ),
  );
  for (let count = howMany(stage.random, 2, 4); count > 0; count--) {
    await Promise.all([customer.write(), agent.write()]);
  }
  await delay(howMany(stage.random, 500, 2_000));
  for (const each of undo) await each();
  await finish(stage, [customer, agent]);
}

/** A customer and an agent who have a conversation open, with an answer and a note in it. */
async function meet(
  stage: Stage,
  options: { customer?: TabOptions; agent?: TabOptions } = {},
): Promise<{ customer: Tab; agent: Tab }> {
  const customer = await stage.openCustomer(options.customer);
  await stage.begin(customer);
  const agent = await stage.openAgent(options.agent);
  await agent.write('note');
  await stage.untilShown(customer, await agent.write(), 'sent');
  return { customer, agent };
}

/** Everything is well again: all catch up by themselves, and what is written next arrives. */
async function finish(stage: Stage, tabs: readonly Tab[]): Promise<void> {
  await stage.untilSettled();
  for (const tab of tabs) await tab.write();
  await stage.untilSettled();
}

/** Writes what no answer comes back for, each time in another way: not sent at all, sent and stored, sent and cut. */
async function writeUnanswered(stage: Stage, tab: Tab): Promise<void> {
  const way = pick(stage.random, ['never sent', 'stored', 'cut'] as const);
  const { promise: done, resolve } = Promise.withResolvers<void>();
  await routeActions(tab.page, async (route: Route) => {
    if (way === 'never sent') resolve();
    else if (way === 'cut') await route.abort('connectionfailed').then(resolve);
    else await route.fetch().then(() => resolve());
    // The answer stays out: the page that asked for it will be gone.
  });
  const count = howMany(stage.random, 1, 3);
  for (let written = 0; written < count; written++) {
    const text = await tab.write();
    // An agent's next one can be taken back as long as it stands in line.
    if (written > 0) await stage.untilShown(tab, text, 'sending', 'held');
    else if (way !== 'stored') await stage.untilShown(tab, text, 'sending');
  }
  await done;
}

/** A tab that was left, opened again where its person was. */
async function reopen(stage: Stage, left: Tab, prepare?: (page: Page) => Promise<void>): Promise<Tab> {
  const options = { insteadOf: left, ...(prepare === undefined ? {} : { prepare }) };
  if (left.audience === 'staff') return stage.openAgent(options);
  const tab = await stage.openCustomer(options);
  await stage.resume(tab);
  return tab;
}

async function aDayLater(page: Page): Promise<void> {
  await shiftClock(page, dayMs, dayMs);
}

/** A whole number from `least` to `most`. */
function howMany(random: () => number, least: number, most: number): number {
  return Math.floor(between(random, least, most + 1));
}

function shuffled<Item>(random: () => number, items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ item }) => item);
}
