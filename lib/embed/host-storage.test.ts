import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { openHostStorage } from '#/lib/embed/host-storage.ts';
import { attributesCharsMax, parseAttributes, parseKept } from '#/lib/embed/protocol.ts';

afterEach(() => vi.unstubAllGlobals());

/** A page's storage as browsers have it: its entries are its own enumerable properties. */
function stubStorage(quota = Number.POSITIVE_INFINITY, onRemove = vi.fn()) {
  const entries: Record<string, string> = {};
  const methods = {
    getItem: (name: string) => entries[name] ?? null,
    removeItem(name: string) {
      onRemove(name);
      delete entries[name];
    },
    setItem(name: string, value: string) {
      if (value.length > quota) throw new DOMException('full', 'QuotaExceededError');
      entries[name] = value;
    },
  };
  const storage = new Proxy(entries, {
    get: (_, name) => Reflect.get(methods, name) ?? entries[String(name)],
  });
  vi.stubGlobal('localStorage', storage);
  return entries;
}

test('what the page keeps is found again, and only what is the widget’s own', () => {
  const entries = stubStorage();
  entries['parley:wk_two:token'] = 'theirs';
  entries.cart = '3';
  const storage = openHostStorage('parley:wk_one:', {});
  expect(storage.isEmpty()).toBe(true);
  storage.save('token', 'mine');
  expect(storage.load()).toEqual({ token: 'mine' });
  expect(storage.isDurable()).toBe(true);
  storage.clear();
  expect(storage.isEmpty()).toBe(true);
  expect(entries).toEqual({ 'parley:wk_two:token': 'theirs', cart: '3' });
});

test('a storage that is full keeps nothing half: the memory has it, and says that it does not last', () => {
  stubStorage(5);
  const memory = {};
  const storage = openHostStorage('parley:wk_one:', memory);
  storage.save('token', 'x');
  storage.save('unsent:1', 'much too long');
  expect(storage.load()).toEqual({ token: 'x', 'unsent:1': 'much too long' });
  expect(storage.isDurable()).toBe(false);
  expect(memory).toEqual({ 'unsent:1': 'much too long' });
  storage.save('unsent:1', null);
  expect(storage.load()).toEqual({ token: 'x' });
});

test('a value takes the place of another one at once: no other tab hears in between that it is gone', () => {
  const remove = vi.fn();
  const entries = stubStorage(5, remove);
  const storage = openHostStorage('parley:', {});
  storage.save('token', 'one');
  storage.save('token', 'two');
  expect(entries).toEqual({ 'parley:token': 'two' });
  expect(remove).not.toHaveBeenCalled();
  storage.save('token', 'much too long');
  expect(entries).toEqual({});
  expect(storage.load()).toEqual({ token: 'much too long' });
});

test('a storage that is forbidden is memory, and survives a destroyed chat in the same page', () => {
  vi.stubGlobal('localStorage', undefined);
  const memory = {};
  openHostStorage('parley:wk_one:', memory).save('token', 'x');
  const again = openHostStorage('parley:wk_one:', memory);
  expect(again.load()).toEqual({ token: 'x' });
  expect(again.isDurable()).toBe(false);
});

test('attributes add up, the later over the earlier, and never beyond the bounds', () => {
  stubStorage();
  const storage = openHostStorage('parley:wk_one:', {});
  expect(storage.addAttributes({ plan: 'free', seats: 1 })).toBe(true);
  expect(storage.addAttributes({ plan: 'team' })).toBe(true);
  expect(parseKept(storage.load().set)).toEqual({ plan: 'team', seats: 1 });
  const many = Object.fromEntries(Array.from({ length: 49 }, (_, index) => [`n${index}`, index]));
  expect(storage.addAttributes(many)).toBe(false);
  expect(parseKept(storage.load().set)).toEqual({ plan: 'team', seats: 1 });
});

test('of what happened, the newest twenty are kept', () => {
  stubStorage();
  const storage = openHostStorage('parley:wk_one:', {});
  for (let index = 0; index < 30; index++) {
    const at = new Date(Date.UTC(2026, 10, 23, 8, 0, index)).toISOString();
    storage.addEvent({ name: `event ${index}`, data: {}, at });
  }
  const names = Object.values(storage.load()).map((text) => parseKept(text).name);
  expect(names.toSorted()).toEqual(
    Array.from({ length: 20 }, (_, index) => `event ${index + 10}`).toSorted(),
  );
});

test('attributes are plain, named and bounded whatever is given, and come back from what is kept as they were', () => {
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.dictionary(fc.string(), fc.jsonValue())), (given) => {
      const read = parseAttributes(given);
      if (read === null) return;
      expect(JSON.stringify(read).length).toBeLessThanOrEqual(attributesCharsMax + 400);
      for (const [name, value] of Object.entries(read)) {
        expect(name).toMatch(/^[a-z]\w{0,39}$/i);
        expect(value === null || ['string', 'number', 'boolean'].includes(typeof value)).toBe(true);
      }
      expect(parseAttributes(parseKept(JSON.stringify(read)))).toEqual(read);
    }),
    { numRuns: 2000 },
  );
  for (const wrong of [
    null,
    'plan',
    7,
    [1],
    { plan: {} },
    { plan: Number.NaN },
    { 'a b': 1 },
    { a: 'x'.repeat(501) },
  ]) {
    expect(parseAttributes(wrong)).toBeNull();
  }
  expect(parseAttributes({ plan: undefined, seats: 1 })).toEqual({ seats: 1 });
});
