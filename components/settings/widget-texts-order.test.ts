import { expect, test } from 'vitest';
import { mainTexts, otherTexts } from '#/components/settings/widget-texts-order.ts';
import { catalogues } from '#/lib/texts/catalogues.ts';
import { languages } from '#/lib/texts/languages.ts';

test('every text of a language can be said by the site itself: once, in a group that has a name', () => {
  for (const language of languages) {
    const groups = otherTexts(catalogues[language], catalogues.en, '');
    const offered: string[] = [
      ...mainTexts.map(({ key }) => key),
      ...groups.flatMap(({ keys }) => keys.map(({ key }) => key)),
    ];
    expect(offered.toSorted()).toEqual(Object.keys(catalogues[language]).toSorted());
    expect(groups.map(({ name }) => name)).not.toContain('More');
  }
});

test('each text is named by its English words, a form of number by what it is for', () => {
  const labels = otherTexts(catalogues.ar, catalogues.en, '').flatMap(({ keys }) => keys);
  expect(labels.find(({ key }) => key === 'panel.close')?.label).toBe('Close');
  expect(labels.find(({ key }) => key === 'home.unread.two')?.label).toBe('{count} unread (for two)');
});

test('a search finds a text by its own words and by the English ones', () => {
  const found = (words: string) =>
    otherTexts(catalogues.de, catalogues.en, words).flatMap(({ keys }) => keys.map(({ key }) => key));
  expect(found('  statuslink KOPIEREN ')).toEqual(['menu.copyLink']);
  expect(found('copy status')).toEqual(['menu.copyLink']);
  expect(found('no such words anywhere')).toEqual([]);
});
