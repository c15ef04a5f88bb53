import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readObjects } from '#/lib/transfer/object-stream.ts';

async function* chunksOf(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function objectsOf(text: string, size = 7) {
  let isWhole: boolean | null = null;
  const texts: (string | null)[] = [];
  const onEnd = (whole: boolean) => {
    isWhole = whole;
  };
  for await (const { bytes } of readObjects(chunksOf(text, size), 0, onEnd)) {
    texts.push(bytes?.toString() ?? null);
  }
  return { texts, isWhole };
}

const object = fc.dictionary(fc.string({ unit: 'binary', maxLength: 5 }), fc.jsonValue({ maxDepth: 3 }), {
  maxKeys: 4,
});

describe('the objects of a dump', () => {
  test('come whole, from each kind of file, in whatever pieces it comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(object, { maxLength: 8 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(0, 2),
        fc.constantFrom('list', 'results', 'lines'),
        async (objects, size, indent, kind) => {
          const list = JSON.stringify(objects, null, indent);
          const text = {
            list,
            results: `\ufeff {"results" : ${list}, "count": 3}\n`,
            lines: objects.map((each) => JSON.stringify(each)).join('\n'),
          }[kind];
          const found = await objectsOf(text, size);
          expect(found.texts.map((each) => JSON.parse(each ?? ''))).toEqual(
            objects.map((each) => JSON.parse(JSON.stringify(each))),
          );
          expect(found.isWhole).toBe(true);
        },
      ),
    );
  });

  test('a file that was cut is known, wherever it was', async () => {
    const text = '{"results":[{"a":"}]{"},{"b":[1,2]}]}';
    for (let at = 13; at < text.length - 1; at++) {
      expect((await objectsOf(text.slice(0, at), 3)).isWhole).toBe(false);
    }
    expect((await objectsOf(text)).isWhole).toBe(true);
  });

  test('what is no object keeps its number, so that it can be named', async () => {
    expect((await objectsOf('[{"a":1}, 7, "x", {"b":2}]')).texts).toEqual(['{"a":1}', '7', '"x"', '{"b":2}']);
  });

  test('one without end is let go as it comes', async () => {
    const { texts } = await objectsOf(`[{"a":"${'x'.repeat(3_000_000)}"},{"b":1}]`, 65_536);
    expect(texts).toEqual([null, '{"b":1}']);
  });
});
