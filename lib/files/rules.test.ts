import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cleanFileName,
  dispositionOf,
  type FileType,
  fileTypes,
  nameBytesMax,
  rangeOf,
  titleOf,
} from '#/lib/files/rules.ts';

const types = Object.keys(fileTypes).filter((type): type is FileType => Object.hasOwn(fileTypes, type));
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '..',
          '/',
          '\\',
          '\0',
          '.',
          ' ',
          '\u202e',
          '\u200b',
          '\u2066',
          '\ufeff',
          '\ud800',
          'con',
          'e\u0301\u0301\u0301\u0301\u0301',
        ],
        ...['exe', 'png', 'a'.repeat(300), '📎', '%2e', '"', '<script>', '\r\nX: y', '\u3164'],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

describe('a name', () => {
  test('is one short part of a path that shows what it is, whatever was given', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom(...types), (given, type) => {
        const name = cleanFileName(given, type);
        expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(nameBytesMax);
        expect(name).not.toMatch(/[/\\<>:"|?*%]|[\p{Cc}\p{Cf}]|^[.\s]|[.\s]$/u);
        expect(name.isWellFormed()).toBe(true);
        const extension = name.split('.').at(-1)?.toLowerCase() ?? '';
        expect(fileTypes[type]).toContain(extension);
        expect(name.length).toBeGreaterThan(extension.length + 1);
        // Cleaned again it is the same.
        expect(cleanFileName(name, type)).toBe(name);
      }),
    );
  });

  test.each([
    ['../../etc/passwd', 'text/plain', 'passwd.txt'],
    ['C:\\Users\\ana\\photo.JPG', 'image/jpeg', 'photo.JPG'],
    ['photo\u202egnp.exe', 'image/png', 'photognp.exe.png'],
    ['in\u200bvoice.pdf', 'application/pdf', 'invoice.pdf'],
    ['CON.png', 'image/png', '_CON.png'],
    ['', 'application/zip', 'file.zip'],
    ['.htaccess', 'text/plain', 'htaccess.txt'],
    ['Straße 東京.png', 'image/png', 'Straße 東京.png'],
    [`${'ä'.repeat(300)}.png`, 'image/png', `${'ä'.repeat(98)}.png`],
  ] as const)('%j is kept as a name (%s)', (given, type, expected) => {
    expect(cleanFileName(given, type)).toBe(expected);
  });

  test('travels in a header of one line, and comes out as it was', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom(...types), fc.boolean(), (given, type, isShown) => {
        const name = cleanFileName(given, type);
        const header = dispositionOf(name, isShown);
        expect(header).toMatch(
          /^(inline|attachment); filename="[\x20-\x7e]*"; filename\*=UTF-8''[\w.!~%+-]*$/,
        );
        expect(decodeURIComponent(header.split("UTF-8''")[1] ?? '')).toBe(name);
        expect(() => new Headers({ 'content-disposition': header })).not.toThrow();
      }),
    );
  });
});

describe('a range', () => {
  test.each([
    ['bytes=0-', 10, { first: 0, last: 9 }],
    ['bytes=2-5', 10, { first: 2, last: 5 }],
    ['bytes=2-500', 10, { first: 2, last: 9 }],
    ['bytes=-3', 10, { first: 7, last: 9 }],
    ['bytes=-300', 10, { first: 0, last: 9 }],
    ['bytes=10-', 10, 'refused'],
    ['bytes=-0', 10, 'refused'],
    ['bytes=5-2', 10, null],
    ['bytes=0-1,3-4', 10, null],
    ['bytes=a-b', 10, null],
    ['items=0-1', 10, null],
    [null, 10, null],
  ] as const)('%s of %d bytes', (header, bytes, expected) => {
    expect(rangeOf(header, bytes)).toEqual(expected);
  });

  test('is never outside of the file', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.nat(20),
        fc.nat(20),
        fc.integer({ min: 1, max: 15 }),
        (text, from, to, bytes) => {
          for (const header of [`bytes=${from}-${to}`, `bytes=-${to}`, `bytes=${text}`]) {
            const range = rangeOf(header, bytes);
            if (range === null || range === 'refused') continue;
            expect(range.first).toBeGreaterThanOrEqual(0);
            expect(range.last).toBeGreaterThanOrEqual(range.first);
            expect(range.last).toBeLessThan(bytes);
          }
        },
      ),
    );
  });
});

test('a message is called by its words, or by its files where it has none', () => {
  const files = [{ name: 'a.png' }, { name: 'b.png' }];
  expect(titleOf('hello', files)).toBe('hello');
  expect(titleOf(' \u200b ', files)).toBe('📎 a.png +1');
  expect(titleOf('', files.slice(0, 1))).toBe('📎 a.png');
  expect(titleOf('', [])).toBe('');
});
