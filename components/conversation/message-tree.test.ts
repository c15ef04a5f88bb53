import * as fc from 'fast-check';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { MessageText } from '#/components/conversation/message-text.tsx';
import { isEmojiOnly, readMessage } from '#/components/conversation/message-tree.ts';

const draw = (text: string) => renderToStaticMarkup(createElement(MessageText, { text }));

describe('code in a message', () => {
  test('is what stands between two fences, whatever it is, and its breaks', () => {
    expect(readMessage('Try this:\n```ts\nconst a = `b`;\n\n  return <b>;\n```\nand tell me')).toEqual([
      { kind: 'text', parts: [{ kind: 'text', text: 'Try this:' }] },
      { kind: 'code', text: 'const a = `b`;\n\n  return <b>;' },
      { kind: 'text', parts: [{ kind: 'text', text: 'and tell me' }] },
    ]);
    expect(readMessage('```\n```')).toEqual([{ kind: 'code', text: '' }]);
    expect(readMessage('```npm start```')).toEqual([{ kind: 'code', text: 'npm start' }]);
  });

  test('is a piece of a line between two backticks, in which no address is followed', () => {
    expect(readMessage('Run `curl https://a.example` at https://b.example.')).toEqual([
      {
        kind: 'text',
        parts: [
          { kind: 'text', text: 'Run ' },
          { kind: 'code', text: 'curl https://a.example' },
          { kind: 'text', text: ' at ' },
          { kind: 'link', text: 'https://b.example', href: 'https://b.example' },
          { kind: 'text', text: '.' },
        ],
      },
    ]);
  });

  test('that is not closed is text as it was written', () => {
    for (const text of ['```', '```ts', '```\nno end', 'a ` b', '`a\nb`', '``', 'a ``` b', '``` a `b` ``']) {
      const shown = readMessage(text).flatMap((node) => (node.kind === 'text' ? node.parts : [node]));
      expect(
        shown
          .filter(({ kind }) => kind === 'text')
          .map((part) => part.text)
          .join(''),
        text,
      ).toContain('`');
    }
  });
});

/** Pieces that mean something to somebody: to us, to HTML, to a browser's address bar, to a terminal. */
const pieces = fc.constantFrom(
  '```',
  '`',
  '\n',
  '\n```\n',
  '```js\n',
  ' ',
  'word',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '</code></pre><b>',
  'javascript:alert(1)',
  'https://a.example/?q=<svg/onload=alert(1)>',
  'https://a.example/`x`',
  'data:text/html,<b>x',
  'mailto:a@b.example',
  'https://user:pass@a.example',
  '" onmouseover="x',
  '&lt;&#x6a;',
  '\u202e',
  '\u2066',
  '\u0000',
  '\ud83d',
  '👩‍👩‍👧',
  'ﷺ',
  '{{constructor}}',
  '%00',
);

describe('whatever is written', () => {
  test('nothing of it is lost but the marks of code', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (written) => {
        const text = written.join('');
        const shown = readMessage(text)
          .map((node) => (node.kind === 'code' ? node.text : node.parts.map((part) => part.text).join('')))
          .join('');
        // What may be taken for a language's name is left out of the comparison.
        const bare = (each: string) => each.replace(/[`\s]|js|word/g, '');
        expect(bare(shown)).toBe(bare(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test('only a paragraph, a link that may be followed and code come of it, and no attribute but ours', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (written) => {
        for (const [tag] of draw(written.join('')).matchAll(/<[^>]*>/g)) {
          expect(tag).toMatch(
            /^<(?:\/?(?:p|pre|code|a)|p dir="auto" class="[^"<]*"|code(?: dir="ltr" class="[^"<]*")?|pre dir="ltr" tabindex="0" class="[^"<]*"|a href="(?:https?:\/\/|mailto:)[^"<]*" target="_blank" rel="noopener nofollow ugc" class="[^"<]*")>$/,
          );
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('it is read in a moment, also where it is as long as can be and made to be slow', () => {
    const started = performance.now();
    for (const piece of ['`', '```', '```\n', '`a', '\n```', '👩‍', '🇩', '#', 'https://', 'mailto:']) {
      readMessage(piece.repeat(10_000 / piece.length));
      isEmojiOnly(piece.repeat(10_000 / piece.length));
    }
    expect(performance.now() - started).toBeLessThan(500);
  });
});

test('one to three pictures alone are large, and nothing that may be read', () => {
  for (const text of ['👍', '❤️', '👩‍👩‍👧', '🇩🇪 🇫🇷', '👍🏽👍🏽👍🏽', ' 🎉\n', '1️⃣'])
    expect(isEmojiOnly(text), text).toBe(true);
  for (const text of ['', ' ', '1', '#', '👍👍👍👍', 'ok 👍', '🇩', 'ﷺ', '\u200d', '👍`']) {
    expect(isEmojiOnly(text), text).toBe(false);
  }
});
