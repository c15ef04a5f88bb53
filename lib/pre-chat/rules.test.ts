import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CustomField } from '#/lib/custom-fields/schema.ts';
import { isAskedOf } from '#/lib/pre-chat/asked.ts';
import { type AskedField, numberOf, phoneOf, problemsOf } from '#/lib/pre-chat/form.ts';
import { formOf, preChatOf, takeAnswers } from '#/lib/pre-chat/rules.ts';
import { answersSchema, type PreChat, preChatSchema } from '#/lib/pre-chat/schema.ts';

const departments = [
  { id: '01a2065c-3186-7cd5-af38-5f95f60ae087', name: 'Billing' },
  { id: '01a2065c-3186-7cd5-af38-5f95f60ae088', name: 'Fraud' },
];
const custom = (part: Partial<CustomField>): CustomField => ({
  id: '1',
  subject: 'customer',
  key: 'plan',
  label: 'Plan',
  type: 'text',
  options: [],
  defaultValue: null,
  position: 0,
  isArchived: false,
  ...part,
});
const fields = [
  custom({ type: 'choice', options: ['Free', 'Pro'] }),
  custom({ subject: 'ticket', key: 'seats', label: 'Seats', type: 'number' }),
  custom({ subject: 'ticket', key: 'due', label: 'Due', type: 'date' }),
  custom({ subject: 'ticket', key: 'urgent', label: 'Urgent', type: 'boolean' }),
];
const consent = {
  kind: 'consent' as const,
  isRequired: true,
  text: 'I agree',
  link: { label: 'Privacy', url: 'https://shop.test/privacy' },
};
const whole: PreChat = {
  askedOf: 'newcomers',
  fields: [
    { kind: 'name', isRequired: false },
    { kind: 'email', isRequired: true },
    { kind: 'phone', isRequired: false },
    { kind: 'subject', isRequired: false },
    { kind: 'department', isRequired: false, departmentIds: [departments[0]?.id ?? ''] },
    { kind: 'custom', isRequired: false, subject: 'customer', key: 'plan' },
    { kind: 'custom', isRequired: false, subject: 'ticket', key: 'seats' },
    { kind: 'custom', isRequired: false, subject: 'ticket', key: 'due' },
    { kind: 'custom', isRequired: false, subject: 'ticket', key: 'urgent' },
    consent,
  ],
};
const form = formOf(whole, fields, departments);
const right = { email: 'maya@home.test', consent: true };
const refusalOf = (answers: Record<string, unknown>) => {
  try {
    takeAnswers(form, answersSchema.parse(answers), false);
  } catch (error) {
    return Object(error).failure;
  }
  return null;
};

describe('a form', () => {
  test('offers what is there now, and only the departments that its site chose', () => {
    expect(form.fields.map(({ id }) => id)).toEqual([
      ...['name', 'email', 'phone', 'subject', 'department', 'customer.plan'],
      ...['ticket.seats', 'ticket.due', 'ticket.urgent', 'consent'],
    ]);
    expect(JSON.stringify(form)).not.toContain('Fraud');
    const later = formOf(whole, [custom({ type: 'choice', isArchived: true })], []);
    expect(later.fields.map(({ id }) => id)).toEqual(['name', 'email', 'phone', 'subject', 'consent']);
  });

  test('is asked of whom its site says', () => {
    expect([isAskedOf(form, false), isAskedOf(form, true)]).toEqual([true, false]);
    const everybody = { ...form, askedOf: 'everybody' as const };
    expect([isAskedOf(everybody, false), isAskedOf(everybody, true)]).toEqual([true, true]);
    expect(isAskedOf({ ...form, askedOf: 'nobody' }, false)).toBe(false);
    expect(isAskedOf({ ...form, fields: [] }, false)).toBe(false);
    expect(isAskedOf(null, false)).toBe(false);
  });

  test('as it is stored: what is not valid is not asked', () => {
    expect(preChatOf({})).toEqual({ askedOf: 'nobody', fields: [] });
    expect(
      preChatOf({ askedOf: 'everybody', fields: [{ kind: 'email', isRequired: true }, { kind: 'x' }, 3] }),
    ).toEqual({
      askedOf: 'everybody',
      fields: [{ kind: 'email', isRequired: true }],
    });
    expect(preChatOf(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
  });

  test('asks each thing once, links only to the web, and is not endless', () => {
    const isTaken = (given: unknown) => preChatSchema.safeParse(given).success;
    const name = { kind: 'name', isRequired: true };
    expect(isTaken({ askedOf: 'nobody', fields: [name] })).toBe(true);
    expect(isTaken({ askedOf: 'nobody', fields: [name, name] })).toBe(false);
    expect(isTaken({ askedOf: 'nobody', fields: [{ ...name, label: 'Mine' }] })).toBe(false);
    expect(isTaken({ askedOf: 'strangers', fields: [] })).toBe(false);
    for (const url of ['javascript:alert(1)', 'data:text/html,x', '/privacy', 'ftp://x.test', 'https://']) {
      expect(isTaken({ askedOf: 'nobody', fields: [{ ...consent, link: { label: 'x', url } }] })).toBe(false);
    }
    const keys = Array.from({ length: 13 }, (_, index) => `k${index}`);
    const many = keys.map((key) => ({ kind: 'custom', isRequired: false, subject: 'ticket', key }));
    expect(isTaken({ askedOf: 'nobody', fields: many })).toBe(false);
  });
});

describe('answers', () => {
  test('come to stand where they belong', () => {
    const answers = {
      ...right,
      name: '  Maya  Okafor ',
      phone: '0044 7700-900184',
      subject: 'Refund',
      department: departments[0]?.id ?? '',
      'customer.plan': 'Pro',
      'ticket.seats': '12,5',
      'ticket.due': '2026-02-28',
      'ticket.urgent': false,
    };
    expect(takeAnswers(form, answers, false)).toEqual({
      customer: {
        name: 'Maya Okafor',
        email: 'maya@home.test',
        phone: '+447700900184',
        attributes: { plan: 'Pro' },
      },
      ticket: {
        subject: 'Refund',
        departmentId: departments[0]?.id,
        fields: { seats: 12.5, due: '2026-02-28', urgent: false },
      },
      consent: { text: 'I agree', url: 'https://shop.test/privacy' },
    });
  });

  test('that are missing or wrong are named with their field', () => {
    expect(refusalOf({})).toEqual({ code: 'invalid', field: 'answers.email', reason: 'answer_missing' });
    const wrong: [Record<string, unknown>, string][] = [
      [{ email: 'maya' }, 'email_not_valid'],
      [{ email: '   ' }, 'answer_missing'],
      [{ email: 5 }, 'answer_not_text'],
      [{ email: `${'x'.repeat(9_980)}@home.test` }, 'answer_too_long'],
      [{ name: 'x'.repeat(10_000) }, 'answer_too_long'],
      [{ name: true }, 'answer_not_text'],
      [{ name: 'a\0b' }, 'answer_not_text'],
      [{ phone: 'call me' }, 'phone_not_valid'],
      [{ department: departments[1]?.id }, 'value_not_offered'],
      [{ 'customer.plan': 'Gold' }, 'value_not_offered'],
      [{ 'ticket.seats': 'many' }, 'value_not_number'],
      [{ 'ticket.due': '2026-02-30' }, 'value_not_date'],
      [{ 'ticket.urgent': 'yes' }, 'value_not_boolean'],
      [{ consent: false }, 'consent_missing'],
      [{ consent: 'yes' }, 'value_not_boolean'],
    ];
    for (const [answers, reason] of wrong) {
      const field = `answers.${Object.keys(answers)[0]}`;
      expect(refusalOf({ ...right, ...answers })).toEqual({ code: 'invalid', field, reason });
    }
  });

  test('to what is not asked are left aside, whatever they are called', () => {
    const strange = JSON.parse(
      '{"__proto__":"x","constructor":"x","externalId":"boss","verified_at":"now","customer.admin":true,"ticket.status":"closed"}',
    );
    const taken = takeAnswers(form, { ...right, ...strange }, false);
    expect(taken.customer).toEqual({ email: 'maya@home.test', attributes: {} });
    expect(taken.ticket).toEqual({ fields: {} });
  });

  test('of somebody who is not asked are not taken', () => {
    expect(takeAnswers(form, { email: 'other@home.test' }, true)).toEqual({
      customer: { attributes: {} },
      ticket: { fields: {} },
      consent: null,
    });
  });

  test('are bounded before anybody looks at them', () => {
    expect(answersSchema.safeParse({ name: { deep: 1 } }).success).toBe(false);
    expect(answersSchema.safeParse({ name: ['a'] }).success).toBe(false);
    expect(answersSchema.safeParse({ name: null }).success).toBe(false);
    expect(answersSchema.safeParse({ name: 'x'.repeat(10_001) }).success).toBe(false);
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`k${index}`, 'x']));
    expect(answersSchema.safeParse(many).success).toBe(false);
  });

  test('whatever is given, either all of it fits or a field is named', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.double(),
      fc.constant('maya@home.test'),
    );
    const ids = form.fields.map(({ id }) => id);
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...ids, 'x', 'toString'), value), (answers) => {
        const problems = problemsOf(form, answers);
        if (problems.size > 0) return [...problems.keys()].every((id) => ids.includes(id));
        const taken = takeAnswers(form, answers, false);
        return typeof taken.customer.email === 'string' && taken.consent !== null;
      }),
    );
  });
});

test('numbers are read as people write them', () => {
  expect([numberOf('12,5'), numberOf(' -3.25 '), numberOf('1e9'), numberOf('0x1'), numberOf('')]).toEqual([
    ...[12.5, -3.25, null, null, null],
  ]);
  expect([phoneOf('+49 (30) 1234-567'), phoneOf('030 1234567'), phoneOf('+0 123456789')]).toEqual([
    '+49301234567',
    null,
    null,
  ]);
});

test('a field that is not required takes nothing at all', () => {
  const asked: AskedField = { id: 'phone', kind: 'phone', isRequired: false };
  expect(problemsOf({ askedOf: 'everybody', fields: [asked] }, { phone: ' ' }).size).toBe(0);
});
