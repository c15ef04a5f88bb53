import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findLinks } from '#/components/conversation/links.ts';

const hrefs = (text: string) => findLinks(text).flatMap((part) => (part.kind === 'link' ? [part.href] : []));

test('the parts are always exactly the text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl()), (text) => {
      expect(
        findLinks(text)
          .map((part) => part.text)
          .join(''),
      ).toBe(text);
    }),
  );
});

test('only http, https and mailto can be followed', () => {
  expect(hrefs('https://fernhill.example/a http://b.example mailto:ines@fernhill.example')).toHaveLength(3);
  for (const text of [
    'javascript:alert(1)',
    'data:text/html,<script>',
    'vbscript:x',
    'file:///etc/passwd',
    'xhttps://a.example',
    'https://',
    'mailto:nobody',
  ]) {
    expect(hrefs(text)).toEqual([]);
  }
});

test('punctuation that ends a sentence is no part of the address', () => {
  expect(hrefs('See https://a.example/b.')).toEqual(['https://a.example/b']);
  expect(hrefs('(https://a.example/b)')).toEqual(['https://a.example/b']);
  expect(hrefs('https://a.example/b_(c)')).toEqual(['https://a.example/b_(c)']);
});

test('a direction override cannot hide inside an address', () => {
  expect(hrefs('https://a.example/\u202egnp.exe')).toEqual(['https://a.example/']);
});
