import type { Change } from '#/lib/messages/schema.ts';

/** What the timeline keeps of a change: the field's value before and after, under its name. */
export function auditOf(change: Change): {
  before: Record<string, unknown> | null;
  after: Record<string, unknown>;
} {
  switch (change.field) {
    case 'status': {
      const { from, to, until, reason } = change;
      return {
        before: { status: from },
        after: {
          status: to,
          ...(until === undefined ? {} : { until }),
          ...(reason === undefined ? {} : { reason }),
        },
      };
    }
    case 'fields': {
      const { key, label, from, to } = change;
      return {
        before: { fields: { key, label, value: from } },
        after: { fields: { key, label, value: to } },
      };
    }
    case 'rating': {
      const { from, to, comment } = change;
      return { before: { rating: from }, after: { rating: to, ...(comment === null ? {} : { comment }) } };
    }
    case 'merge': {
      const { role, ticket, isUndone } = change;
      return { before: null, after: { merge: { role, ticket, isUndone } } };
    }
    default:
      return { before: { [change.field]: change.from }, after: { [change.field]: change.to } };
  }
}
