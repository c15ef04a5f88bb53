import type { DeliveryRecord, DisabledReason, WebhookRecord } from '#/lib/api/records/webhooks.ts';
import { type ApiEventType, apiEvents, apiEventTypes, type EventSubject } from '#/lib/events/schema.ts';
import type { OutboundProblem } from '#/lib/outbound/schema.ts';

/** Why an attempt came to nothing, in the words of whoever looks after the receiver. */
export const problemWords: Record<OutboundProblem, string> = {
  url_not_valid: 'The address cannot be read.',
  scheme_not_allowed: 'The address is neither https nor http.',
  credentials_in_url: 'The address names a user or a password.',
  not_encrypted: 'The address is not encrypted.',
  port_not_allowed: 'The address has a port that is not allowed.',
  name_unknown: 'The name in the address is not known.',
  address_not_allowed: 'The address leads to a machine inside a network.',
  no_connection: 'There was no connection, or it broke off.',
  tls_failed: 'The connection could not be encrypted: look at the certificate.',
  answer_not_http: 'What came back was no HTTP.',
  answer_too_large: 'The answer was larger than 1 MB.',
  answer_too_late: 'There was no whole answer within five seconds.',
  too_many_redirects: 'The address leads on and on: more than three redirects.',
};

const disabledWords: Record<DisabledReason, string> = {
  by_hand: 'Switched off by hand. What happens meanwhile waits for a day.',
  failing: 'Parley switched it off, since nothing got through for a whole day.',
  gone: 'Parley switched it off, since the receiver answered 410: it wants no more.',
};

/** How a webhook does, in a word and in a sentence. */
export function stateOf(webhook: Pick<WebhookRecord, 'disabledReason' | 'failingSince'>): {
  tone: 'plain' | 'good' | 'warn' | 'bad';
  word: string;
  sentence: string | null;
} {
  const { disabledReason, failingSince } = webhook;
  if (disabledReason !== null) {
    const tone = disabledReason === 'by_hand' ? 'plain' : 'bad';
    return { tone, word: 'off', sentence: disabledWords[disabledReason] };
  }
  if (failingSince === null) return { tone: 'good', word: 'on', sentence: null };
  const sentence = 'The last attempt failed. Parley goes on trying for a day.';
  return { tone: 'warn', word: 'failing', sentence };
}

/** What became of a delivery. */
export function deliveryStateOf(delivery: Pick<DeliveryRecord, 'state' | 'attempts'>): {
  tone: 'plain' | 'good' | 'warn' | 'bad';
  word: string;
} {
  switch (delivery.state) {
    case 'delivered':
      return { tone: 'good', word: 'taken' };
    case 'failed':
      return { tone: 'bad', word: 'given up' };
    case 'waiting':
      return delivery.attempts === 0
        ? { tone: 'plain', word: 'on its way' }
        : { tone: 'warn', word: 'tried again soon' };
  }
}

/** What came back last: "500", or why nothing did. */
export function answerText(status: number | null, problem: OutboundProblem | null): string | null {
  if (problem !== null) return problemWords[problem];
  return status === null ? null : `Answered ${status}`;
}

const subjectNames: Record<EventSubject, string> = {
  ticket: 'Tickets',
  message: 'Messages',
  customer: 'Customers',
  agent: 'Team',
  department: 'Departments',
};

/** The types to choose from, by what they are about. */
export const typeGroups: readonly { name: string; types: readonly ApiEventType[] }[] = [
  ...new Set(apiEventTypes.map((type) => apiEvents[type].about)),
].map((about) => ({
  name: subjectNames[about],
  types: apiEventTypes.filter((type) => apiEvents[type].about === about),
}));
