import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  filledText,
  fillVariables,
  firstNameOf,
  firstOpenVariable,
  openVariables,
} from '#/lib/saved-replies/rules.ts';

const values = {
  'customer.first_name': 'Maya',
  'customer.email': null,
  'customer.plan': ' ',
  'agent.name': 'Ana Silva',
  'ticket.number': '1042',
};
const fill = (template: string) => filledText(fillVariables(template, values));

test('a variable becomes its value, and its fallback where the value is not known', () => {
  expect(fill('Hi {{customer.first_name|there}}, #{{ ticket.number }} is with {{agent.name}}')).toBe(
    'Hi Maya, #1042 is with Ana Silva',
  );
  expect(fill('To {{customer.email| your address }}, {{customer.plan|any}} plan')).toBe(
    'To your address, any plan',
  );
  expect(fill('A{{customer.email|}}B')).toBe('AB');
});

test('what has neither value nor fallback stays to be seen and is named', () => {
  const text = fill('{{customer.email}} and {{customer.nothing}} and {{customer.email}}');
  expect(text).toBe('{{customer.email}} and {{customer.nothing}} and {{customer.email}}');
  expect(openVariables(text)).toEqual(['customer.email', 'customer.nothing']);
  expect(firstOpenVariable(text)).toEqual({ from: 0, to: 18 });
  expect(firstOpenVariable('Nothing here')).toBeNull();
});

test('braces of somebody else’s language are text', () => {
  const text = 'Use {{ user.name }} or {{#if customer}} or {{customer}}';
  expect(fill(text)).toBe(text);
  expect(openVariables(text)).toEqual([]);
});

test('a value that looks like a variable is not filled again', () => {
  const parts = fillVariables('{{customer.name}}', {
    'customer.name': '{{agent.name}}',
    'agent.name': 'Ana',
  });
  expect(filledText(parts)).toBe('{{agent.name}}');
});

test('names that every object has are not values', () => {
  expect(fill('{{customer.constructor}}{{agent.__proto__}}')).toBe(
    '{{customer.constructor}}{{agent.__proto__}}',
  );
});

test('a text without variables comes out as it went in, and the parts are always the whole', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      fc.pre(openVariables(text).length === 0);
      expect(fill(text)).toBe(text);
    }),
  );
});

test('the first name is the first word', () => {
  expect(firstNameOf('  Maya  Okafor ')).toBe('Maya');
  expect(firstNameOf(' ')).toBeNull();
  expect(firstNameOf(null)).toBeNull();
});
