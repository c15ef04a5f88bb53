import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/**
 * axe for a page that embeds nothing of another site: it judges in the page itself. By default it opens a blank page
 * for each answer, which takes longer than the answer.
 */
export function axeOn(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).setLegacyMode();
}

/** Only what depends on the colours: for the second theme of a page that axe found nothing on in the first. */
export function coloursOn(page: Page): AxeBuilder {
  return axeOn(page).withRules(['color-contrast']);
}

/** What axe finds on such a page once nothing moves any more, each with the elements it is about. */
export async function violationsOn(page: Page, axe = axeOn(page)): Promise<string[]> {
  await untilStill(page);
  const { violations } = await axe.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** Colours on their way are no colours yet. */
async function untilStill(page: Page): Promise<void> {
  await page.evaluate(async () => {
    // What inherits a colour begins to move when it does.
    const moving = () =>
      document.getAnimations().filter((each) => Number(each.effect?.getComputedTiming().endTime) < Infinity);
    for (let now = moving(); now.some((each) => each.playState === 'running'); now = moving()) {
      await Promise.allSettled(now.map(({ finished }) => finished));
    }
  });
}
