import { headers } from 'next/headers';
import type * as z from 'zod/mini';
import type { SignedInAgent } from '#/lib/agents/service.ts';
import { currentAgent } from '#/lib/auth/session.ts';
import { identifyVisitor } from '#/lib/conversations/service.ts';
import { findCustomerByToken, refusalAsNow, refusalOfToken } from '#/lib/customers/service.ts';
import { fail, RefusedError, type Result, succeed } from '#/lib/errors.ts';
import { failureOf, parseInput } from '#/lib/failures.ts';
import { addressHeader } from '#/lib/forwarded.ts';
import { ownOrigin } from '#/lib/links.ts';
import { metrics, sendKinds } from '#/lib/metrics.ts';
import type { Actor, CustomerActor } from '#/lib/permissions/actor.ts';
import { addressSubject, limitRate, type RuleName } from '#/lib/rate-limit.ts';
import type { ChangeEvent, Done } from '#/lib/realtime/changes.ts';
import { publishAsCommitted, publishChanges } from '#/lib/realtime/publish.ts';

/**
 * The only ways to make a server action: identity, rate limit, strict parsing, the verb, publishing after its commit,
 * and no error's own words in the answer. None sets a cookie or revalidates, since both would re-render the page.
 */

type Definition<Schema extends z.ZodMiniType, Who, Value> = {
  /** For logs, and for nothing else. */
  name: string;
  limit: RuleName;
  input: Schema;
  run(actor: Who, input: z.infer<Schema>): Promise<Done<Value>>;
  /** Long work that nobody waits for: begins when `run`'s events are on their way. */
  after?(actor: Who, input: z.infer<Schema>): AsyncIterable<readonly ChangeEvent[]>;
};
type Answered<Value> = Done<Value> & { after?: AsyncIterable<readonly ChangeEvent[]> | undefined };

/** An action for a signed-in agent. */
export function agentAction<Schema extends z.ZodMiniType, Value>(
  definition: Definition<Schema, SignedInAgent, Value>,
): (input: z.input<Schema>) => Promise<Result<Value>> {
  return async (input) =>
    answer(definition.name, async () => {
      const agent = await currentAgent();
      if (agent === null) throw new RefusedError({ code: 'unauthenticated' });
      await limitRate(definition.limit, agent.id);
      return perform(definition, agent, parseInput(definition.input, input));
    });
}

/** An action for a customer, whose session token comes first. */
export function customerAction<Schema extends z.ZodMiniType, Value>(
  definition: Definition<Schema, CustomerActor, Value>,
): (token: string, input: z.input<Schema>) => Promise<Result<Value>> {
  return async (token, input) =>
    answer(definition.name, async () => {
      const customer = typeof token === 'string' ? await findCustomerByToken(token) : null;
      if (customer === null) throw await refusalOfToken(token);
      await limitRate(definition.limit, customer.sessionId);
      try {
        return await perform(definition, customer, parseInput(definition.input, input));
      } catch (error) {
        throw await refusalAsNow(customer, error);
      }
    });
}

/** An action for somebody on a page that embeds a widget: its key and the page's origin are checked. */
export function visitorAction<
  Schema extends z.ZodMiniType<{ widgetKey: string; origin: string | null }>,
  Value,
>(
  definition: Definition<Schema, Extract<Actor, { kind: 'visitor' }>, Value>,
): (input: z.input<Schema>) => Promise<Result<Value>> {
  return async (input) =>
    answer(definition.name, async () => {
      await limitRate(definition.limit, addressSubject(await requestAddress()));
      const parsed = parseInput(definition.input, input);
      // A frame that no page embeds was opened on our own site, which has to be allowed like any other.
      const visitor = await identifyVisitor(parsed.widgetKey, parsed.origin ?? (await ownOrigin()));
      return perform(definition, visitor, parsed);
    });
}

/** An action for anybody: signing in, and exchanging a token that is itself the right. */
export function publicAction<Schema extends z.ZodMiniType, Value>(
  definition: Definition<Schema, { address: string }, Value>,
): (input: z.input<Schema>) => Promise<Result<Value>> {
  return async (input) =>
    answer(definition.name, async () => {
      const address = await requestAddress();
      await limitRate(definition.limit, addressSubject(address));
      return perform(definition, { address }, parseInput(definition.input, input));
    });
}

async function perform<Schema extends z.ZodMiniType, Who, Value>(
  definition: Definition<Schema, Who, Value>,
  actor: Who,
  input: z.infer<Schema>,
): Promise<Answered<Value>> {
  const done = await definition.run(actor, input);
  return { ...done, after: definition.after?.(actor, input) };
}

async function answer<Value>(name: string, act: () => Promise<Answered<Value>>): Promise<Result<Value>> {
  const send = Object.entries(sendKinds).find(([known]) => known === name)?.[1];
  if (send === undefined) return settle(name, act);
  const startedAtMs = performance.now();
  metrics().sends.add(send);
  const result = await settle(name, act);
  metrics().acknowledgements.add({ ...send, outcome: result.ok ? 'acknowledged' : result.error.code });
  metrics().sendSeconds.observe(send, (performance.now() - startedAtMs) / 1000);
  return result;
}

async function settle<Value>(name: string, act: () => Promise<Answered<Value>>): Promise<Result<Value>> {
  try {
    const { value, events, after } = await act();
    publishChanges(events);
    if (after !== undefined) publishAsCommitted(after);
    return succeed(value);
  } catch (error) {
    return fail(failureOf(error, name));
  }
}

async function requestAddress(): Promise<string> {
  return (await headers()).get(addressHeader) ?? '';
}
