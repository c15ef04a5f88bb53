import * as z from 'zod/mini';
import { endpoint, noParameters } from '#/lib/api/endpoint.ts';
import { exampleAt, exampleIds, exampleWidgetKey } from '#/lib/api/example-world.ts';
import { customerTokenRecord } from '#/lib/api/records/customer-tokens.ts';
import { openAppSession } from '#/lib/identity/app-session.ts';

const body = z.strictObject({
  widgetKey: z
    .string()
    .check(z.regex(/^wk_[A-Za-z0-9_-]{8,64}$/))
    .register(z.globalRegistry, { description: 'The public key of the widget whose site signs.' }),
  token: z.string().check(z.minLength(1), z.maxLength(20_000)).register(z.globalRegistry, {
    description: 'The JWT that your server signed, as for the widget: it signs in once.',
  }),
  locale: z.optional(z.nullable(z.string().check(z.maxLength(35)))),
  timezone: z.optional(z.nullable(z.string().check(z.maxLength(64)))),
});

export const customerTokens = {
  create: endpoint({
    method: 'POST',
    path: '/api/v1/customer-tokens',
    operationId: 'createCustomerToken',
    noun: 'customer-tokens',
    summary: 'Signs a customer in',
    description:
      'For an app that shows no widget. Your server signs who its user is (docs/identity.md), the app exchanges that for a token of an hour at most, with which conversations, messages, typing and read marks answer as that customer. No key is needed: never put one into an app.',
    scope: null,
    actors: ['anybody'],
    limit: 'api.open',
    params: noParameters,
    query: noParameters,
    body,
    answer: customerTokenRecord,
    status: 201,
    // An answer with a token in it is not kept to be told again; the JWT signs in once anyway.
    idempotency: 'none',
    examples: [
      {
        name: 'Sign in',
        body: { widgetKey: exampleWidgetKey, token: 'JWT' },
        answer: {
          token: '9s3Gm0yZK1kq7wV2bX8nTfRj4hLcP6dQeUaYiOoS5tE',
          customerId: exampleIds.customer,
          expiresAt: exampleAt,
          expiresIn: 3600,
        },
      },
    ],
    run: async (_anybody, { body: asked }) => {
      const { widgetKey, token, locale = null, timezone = null } = asked;
      const { value, events } = await openAppSession({ widgetKey, token, locale, timezone });
      const { customerId, livesMs } = value;
      const expiresAt = new Date(Date.now() + livesMs).toISOString();
      const expiresIn = Math.floor(livesMs / 1000);
      return { value: { token: value.token, customerId, expiresAt, expiresIn }, events };
    },
  }),
};
