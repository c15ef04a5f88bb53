import { expect, test } from 'vitest';
import { sizeText } from '#/components/conversation/attachments/size-text.ts';

test.each([
  [3, 'en', '3 bytes'],
  [999, 'en', '999 bytes'],
  [1_500, 'en', '2 kB'],
  [2_400_000, 'en', '2.4 MB'],
  [2_400_000, 'de', '2,4 MB'],
  [25_000_000, 'en', '25 MB'],
  [499_987_990, 'en', '500 MB'],
])('%d bytes in %s are said %s', (bytes, language, expected) => {
  expect(sizeText(bytes, language).replaceAll('\u00a0', ' ')).toBe(expected);
});
