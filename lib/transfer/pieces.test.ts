import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Piece, parsePiece, readLines, toSound } from '#/lib/transfer/pieces.ts';

async function* chunksOf(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function all(pieces: AsyncIterable<Piece>): Promise<Piece[]> {
  const found: Piece[] = [];
  for await (const piece of pieces) found.push(piece);
  return found;
}
const pieceOf = (text: string | Buffer): Piece => ({ source: 0, number: 1, bytes: Buffer.from(text) });
const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 });

describe('lines', () => {
  test('come whole and numbered, in whatever pieces the file comes', async () => {
    const line = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\n', ' '));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 20 }), sizes, async (lines, cuts) => {
        const bytes = Buffer.from(lines.map((each) => `${each}\n`).join(''));
        const found = await all(readLines(chunksOf(bytes, cuts), 0));
        expect(found.map(({ bytes: each }) => each?.toString())).toEqual(
          lines.map((each) => Buffer.from(each).toString()),
        );
        expect(found.map(({ number }) => number)).toEqual(lines.map((_, index) => index + 1));
      }),
    );
  });

  test('a line without an end is a line', async () => {
    const found = await all(readLines(chunksOf(Buffer.from('a\nb'), [1]), 3));
    expect(found.map(({ source, number, bytes }) => [source, number, bytes?.toString()])).toEqual([
      [3, 1, 'a'],
      [3, 2, 'b'],
    ]);
  });

  test('one that is too long is let go, and the next is read', async () => {
    const bytes = Buffer.from(`{"a":1}\n${'x'.repeat(10_000_000)}\n{"b":2}\n`);
    const found = await all(readLines(chunksOf(bytes, [65_536]), 0));
    expect(found.map((piece) => piece.bytes?.length ?? null)).toEqual([7, null, 7]);
    expect(parsePiece(found[1] ?? pieceOf(''))).toEqual({ problem: 'too_long' });
  });
});

describe('a piece', () => {
  test('is an object of JSON in UTF-8, or says what it is not', () => {
    expect(parsePiece(pieceOf('{"a":"é"}\r'))).toEqual({ value: { a: 'é' } });
    expect(parsePiece(pieceOf('\ufeff{"a":1}'))).toEqual({ value: { a: 1 } });
    expect(parsePiece(pieceOf('  '))).toBe('blank');
    expect(parsePiece(pieceOf('{"a":'))).toEqual({ problem: 'not_json' });
    expect(parsePiece(pieceOf('{"a":"\0"}'))).toEqual({ problem: 'not_json' });
    for (const text of ['[]', '1', 'null', '"x"']) {
      expect(parsePiece(pieceOf(text))).toEqual({ problem: 'not_an_object' });
    }
    expect(parsePiece(pieceOf(Buffer.from([0x22, 0xc3, 0x28, 0x22])))).toEqual({ problem: 'not_utf8' });
  });

  test('of any bytes never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        parsePiece(pieceOf(Buffer.from(bytes)));
      }),
    );
  });
});

describe('what PostgreSQL cannot keep', () => {
  test('is named by its place', () => {
    expect(toSound({ a: [{ b: 'x\0' }] })).toEqual({ unsound: { path: 'a.0.b', reason: 'has_nul' } });
    expect(toSound({ 'k\0': 1 })).toMatchObject({ unsound: { reason: 'has_nul' } });
    expect(toSound(JSON.parse('{"n":1e999}'))).toEqual({
      unsound: { path: 'n', reason: 'number_too_large' },
    });
    const deep: unknown = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`);
    expect(toSound({ deep })).toMatchObject({ unsound: { reason: 'too_deep' } });
  });

  test('halves of surrogate pairs are repaired, and everything else stays', () => {
    expect(toSound({ 'k\ud800': ['\udc00', 'a😀'] })).toEqual({ value: { 'k\ufffd': ['\ufffd', 'a😀'] } });
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('\\u0000') && text.isWellFormed() && !/\\ud[89a-f]/i.test(text));
        expect(toSound(value)).toEqual({ value });
      }),
    );
  });
});
