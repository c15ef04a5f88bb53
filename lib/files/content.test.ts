import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileTypeOf, headBytes } from '#/lib/files/content.ts';
import { fileTypes } from '#/lib/files/rules.ts';

const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : part)),
  );
const zip = (first: string) =>
  bytes([0x50, 0x4b, 3, 4], '\0'.repeat(22), [first.length, 0, 0, 0], first, 'content');
const box = (brand: string) => bytes([0, 0, 0, 24], 'ftyp', brand, '\0\0\0\0');

describe('a file is what its first bytes say', () => {
  test.each([
    ['image/png', bytes([0x89], 'PNG\r\n', [0x1a, 0x0a]), 'x.html'],
    ['image/jpeg', bytes([0xff, 0xd8, 0xff, 0xe0]), 'x.png'],
    ['image/gif', bytes('GIF89a/*<script>*/'), 'x.js'],
    ['image/webp', bytes('RIFF', [1, 2, 3, 4], 'WEBPVP8 '), 'x'],
    ['image/avif', box('avif'), 'x.mp4'],
    ['image/heic', box('heic'), 'x'],
    ['video/mp4', box('isom'), 'x.png'],
    ['audio/mp4', box('M4A '), 'x'],
    ['video/quicktime', box('qt  '), 'x'],
    ['application/pdf', bytes('%PDF-1.7'), 'x.zip'],
    ['application/zip', zip('evil.exe'), 'x.docx'],
    ['application/zip', zip('META-INF/MANIFEST.MF'), 'x.jar'],
    ['application/zip', zip('[Content_Types].xml'), 'macros.docm'],
    [
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      zip('[Content_Types].xml'),
      'a.docx',
    ],
    ['application/vnd.oasis.opendocument.text', zip('mimetype'), 'a.odt'],
    ['application/gzip', bytes([0x1f, 0x8b, 8]), 'x'],
    ['text/plain', bytes('a,b\n1,2\n'), 'x.png'],
    ['text/plain', bytes('#!/bin/sh\nrm -rf /\n'), 'x.sh'],
    [
      'text/plain',
      Uint8Array.from(Buffer.from(`\ufeffGrüße ${'ä'.repeat(headBytes)}`)).subarray(0, headBytes),
      'x',
    ],
    [null, bytes('<!doctype html><script>1</script>'), 'cat.png'],
    [null, bytes(' \n<svg onload=alert(1)>'), 'cat.png'],
    [null, bytes([0xef, 0xbb, 0xbf], '<?xml version="1.0"?>'), 'cat.svg'],
    [null, bytes('{\\rtf1'), 'a.txt'],
    [null, bytes('MZ\x90\0'), 'a.png'],
    [null, bytes([0x7f], 'ELF'), 'a.png'],
    [null, bytes([0xca, 0xfe, 0xba, 0xbe]), 'A.class'],
    [null, bytes('\0\0\0\0'), 'a.txt'],
    [null, bytes([0xff, 0xfe, 0x3c, 0, 0x73, 0]), 'a.svg'],
    [null, bytes('   \n'), 'a.txt'],
    [null, new Uint8Array(), 'a.txt'],
  ] as const)('%s', (type, head, name) => {
    expect(fileTypeOf(head, name)).toBe(type);
  });

  test('a name never makes anything of what is not taken', () => {
    const extension = fc.constantFrom(...Object.values(fileTypes).flat());
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), extension, (content, ending) => {
        const head = Uint8Array.from([...bytes('<html>'), ...content]);
        expect(fileTypeOf(head, `a.${ending}`)).toBe(null);
        const found = fileTypeOf(content, `a.${ending}`);
        if (fileTypeOf(content, 'a') === null) expect(found).toBe(null);
      }),
    );
  });
});
