import { expect, test } from 'vitest';
import { textCharsMax } from '#/lib/messages/schema.ts';
import { exampleCustomers, exampleTickets } from '#/lib/workspace/example-conversations.ts';

test('no two example messages say the same', () => {
  const texts = exampleTickets.flatMap((ticket) =>
    ticket.lines.flatMap((line) => ('text' in line ? [line.text] : [])),
  );
  expect(new Set(texts).size).toBe(texts.length);
  for (const text of texts) expect(text.length).toBeLessThan(textCharsMax);
});

test('every example conversation begins with its customer and ends before now', () => {
  for (const ticket of exampleTickets) {
    const spent = ticket.lines.reduce((sum, line) => sum + line.after, 0);
    expect(spent, ticket.subject).toBeLessThan(ticket.startedAgo);
    expect(ticket.lines[0]?.kind).toBe('customer');
    expect(exampleCustomers.some((customer) => customer.key === ticket.customer)).toBe(true);
  }
});
