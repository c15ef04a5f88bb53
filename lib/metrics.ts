import { createMetricRegistry, type MetricRegistry } from '#/lib/metric-registry.ts';
import { processSingleton } from '#/lib/process.ts';
import { routeClasses } from '#/lib/route-class.ts';

/** Every counter and histogram of a process, in one place; docs/operations.md says what each means. */

const answerOutcomes = [
  'acknowledged',
  'invalid',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'too_large',
  'rate_limited',
  'unavailable',
] as const;
export const sendKinds = {
  'widget.sendMessage': { side: 'customer', kind: 'reply' },
  'widget.startConversation': { side: 'customer', kind: 'start' },
  'widget.startTicket': { side: 'customer', kind: 'start' },
  'widget.startFollowUp': { side: 'customer', kind: 'start' },
  'inbox.sendReply': { side: 'agent', kind: 'reply' },
  'inbox.writeNote': { side: 'agent', kind: 'note' },
} as const;
const sides = ['customer', 'agent'] as const;
const kinds = ['reply', 'start', 'note'] as const;
const guardReasons = ['invalid', 'forbidden', 'method', 'too_large', 'type', 'other'] as const;
const rates = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
const statuses = ['2xx', '3xx', '4xx', '5xx', 'gone'] as const;

export type Metrics = ReturnType<typeof makeMetrics>;

/** One per process, though `server.ts` and Next's bundle hold two copies of this module. */
export function metrics(): Metrics {
  return processSingleton('metrics', makeMetrics);
}

function makeMetrics() {
  const registry: MetricRegistry = createMetricRegistry();
  return {
    registry,
    sends: registry.counter('parley_sends_total', 'Messages that were asked to be stored.', {
      side: sides,
      kind: kinds,
    }),
    acknowledgements: registry.counter(
      'parley_acknowledgements_total',
      'Answers to sends, by what they said.',
      {
        side: sides,
        kind: kinds,
        outcome: answerOutcomes,
      },
    ),
    sendSeconds: registry.histogram(
      'parley_send_duration_seconds',
      'From the start of a send to its answer, waiting for admission not included.',
      { side: sides },
      rates,
    ),
    publishSeconds: registry.histogram(
      'parley_publish_lag_seconds',
      'From the commit of a change until the realtime server took it, by who published it.',
      { by: ['process', 'relay'] },
      [...rates, 30, 60, 300],
    ),
    publishFailures: registry.counter(
      'parley_publish_failures_total',
      'Batches that the realtime server did not take, by what it said.',
      { reason: ['413', '429', '4xx', '5xx', 'no_answer', 'queue_full'] },
    ),
    requests: registry.counter('parley_http_requests_total', 'Requests that were answered.', {
      route: routeClasses,
      status: statuses,
    }),
    requestSeconds: registry.histogram(
      'parley_http_request_duration_seconds',
      'From the head of a request to the end of its answer.',
      { route: routeClasses },
      rates,
    ),
    guardRefusals: registry.counter(
      'parley_guard_refusals_total',
      'Requests that the guard in front of Next refused.',
      { reason: guardReasons },
    ),
    rateRefusals: registry.counter(
      'parley_rate_limit_refusals_total',
      'Attempts above a limit, by the rule.',
      {
        rule: rateRules,
      },
    ),
    shed: registry.counter('parley_overload_refusals_total', 'Requests that were told to come back later.', {
      route: routeClasses,
    }),
    socketsRefused: registry.counter(
      'parley_connections_refused_total',
      'Connections that were closed at once, since there were too many.',
      {},
    ),
    databaseFailures: registry.counter(
      'parley_database_failures_total',
      'Database calls without an answer, or refused for want of room or connections.',
      { reason: ['lost', 'slow', 'busy', 'no_room', 'closed'] },
    ),
  };
}

/** The names of the limits; kept beside the metric so that it is a closed set, and compared with the rules in a test. */
export const rateRules = [
  'message.send',
  'message.send.agent',
  'conversation.start',
  'ticket.start',
  'widget.read',
  'widget.config',
  'signal.send',
  'file.add',
  'file.add.visitor',
  'file.read',
  'rating.write',
  'transcript.read',
  'inbox.read',
  'inbox.search',
  'inbox.write',
  'bulk.start',
  'realtime.authorize',
  'link.create',
  'link.open',
  'sign_in.request',
  'sign_in.address',
  'sign_in.account',
  'sign_in.account_from',
  'identity.exchange',
  'attributes.write',
  'token.exchange',
  'settings.write',
  'api.key',
  'api.customer',
  'api.open',
] as const;

/** A refusal of the guard as a label. */
export function guardReasonOf(status: number): string {
  const byStatus: Record<number, (typeof guardReasons)[number]> = {
    400: 'invalid',
    403: 'forbidden',
    405: 'method',
    411: 'invalid',
    413: 'too_large',
    414: 'too_large',
    415: 'type',
  };
  return byStatus[status] ?? 'other';
}

/** What a realtime server said to a batch, as a label. */
export function publishReasonOf(status: unknown): string {
  if (typeof status !== 'number') return 'no_answer';
  if (status === 413 || status === 429) return String(status);
  return status >= 500 ? '5xx' : '4xx';
}
