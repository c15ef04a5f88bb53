import { expect, test } from 'vitest';
import { fittingTickets } from '#/components/inbox/ticket/merge-dialog.tsx';

const rows = [
  { number: 1042, subject: 'Refund for order 77' },
  { number: 1043, subject: 'Late parcel' },
  { number: 981, subject: 'Order 1042 is missing' },
];
const found = (query: string) => fittingTickets(rows, query).map(({ number }) => number);

test('the other ticket is found by its number or its subject', () => {
  expect(found('#1043')).toEqual([1043]);
  expect(found('104')).toEqual([1042, 1043, 981]);
  expect(found('refund')).toEqual([1042]);
  expect(found('')).toEqual([1042, 1043, 981]);
  expect(found('zzz')).toEqual([]);
});
