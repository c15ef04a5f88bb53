import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contrastOf } from '#/lib/embed/contrast.ts';
import { parseCount, parseLook, parseToHost, textOn } from '#/lib/embed/protocol.ts';

describe('what the loader accepts', () => {
  test('every word of the frame is read as it was meant', () => {
    const words = [
      { parley: 'ready' },
      { parley: 'shown' },
      { parley: 'close' },
      { parley: 'gone' },
      { parley: 'keep', name: 'token', value: 'abc' },
      { parley: 'keep', name: 'token', value: null },
      { parley: 'emit', name: 'message:sent', detail: { id: 'one' } },
    ];
    for (const word of words) expect(parseToHost(word)).toEqual(word);
  });

  test('anything else is read as nothing, and never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const read = parseToHost(value);
        expect(read === null || typeof read.parley === 'string').toBe(true);
      }),
    );
    for (const value of [
      null,
      undefined,
      1,
      'ready',
      [],
      { parley: 'eval', name: 'x' },
      { parley: 'keep' },
    ]) {
      expect(parseToHost(value)).toBeNull();
    }
  });

  test('a look without a plain colour is none', () => {
    const words = { launcherLabel: 'Chat with us', closeLabel: 'Close chat', unreadLabel: '{count} unread' };
    const look = { accent: '#3b6fe0', theme: 'auto', position: 'right', ...words };
    expect(parseLook({ ok: true, value: look })).toEqual({ ...look, theme: 'light dark' });
    expect(parseLook({ ok: true, value: { ...look, theme: 'dark', position: 'left' } })).toMatchObject({
      theme: 'dark',
      position: 'left',
    });
    expect(parseLook({ ok: true, value: { ...look, accent: 'red;}*{display:none' } })).toBeNull();
    expect(parseLook({ ok: true, value: { ...look, position: '0;}*{' } })).toMatchObject({
      position: 'right',
    });
    for (const answer of [null, 'x', { ok: false, error: { code: 'not_found' } }, {}]) {
      expect(parseLook(answer)).toBeNull();
    }
  });

  test('a count is a number or nothing', () => {
    expect(parseCount({ unread: 3 }, 'unread')).toBe(3);
    for (const holder of [null, {}, { unread: '3' }, []]) expect(parseCount(holder, 'unread')).toBeNull();
  });
});

test('text on any accent reads at 4.5 : 1 or better', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(byte, byte, byte, (red, green, blue) => {
      const accent = `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
      const text = textOn(accent) === '#fff' ? '#ffffff' : '#000000';
      expect(contrastOf(accent, text)).toBeGreaterThanOrEqual(4.5);
    }),
    { numRuns: 5000 },
  );
});
