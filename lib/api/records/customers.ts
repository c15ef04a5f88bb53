import * as z from 'zod/mini';

/** A customer as the public API answers it: to a key, never to another customer. */
export const customerRecord = z.strictObject({
  id: z.uuid(),
  name: z.nullable(z.string()),
  email: z.nullable(z.string()).register(z.globalRegistry, {
    description: 'What the customer typed or the site signed. A label: it identifies nobody.',
  }),
  phone: z.nullable(z.string()).register(z.globalRegistry, { description: 'E.164, such as +49301234.' }),
  externalId: z.nullable(z.string()).register(z.globalRegistry, {
    description: 'The site’s own id of this person; with `widgetKey`, since two sites’ ids name two people.',
  }),
  widgetKey: z
    .nullable(z.string())
    .register(z.globalRegistry, { description: 'The widget of the site that gave `externalId`.' }),
  verifiedAt: z.nullable(z.string()).register(z.globalRegistry, {
    description: 'When the site’s signed token first said who this is; null: it never did.',
  }),
  blockedAt: z
    .nullable(z.string())
    .register(z.globalRegistry, { description: 'Since when nothing of theirs is taken any more.' }),
  locale: z.nullable(z.string()),
  timezone: z.nullable(z.string()),
  attributes: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .register(z.globalRegistry, {
      description: 'By key; one that a custom field defines has that field’s type.',
    }),
  signedKeys: z.array(z.string()).register(z.globalRegistry, {
    description: 'Which of name, email, phone and the attributes the site signed.',
  }),
  lastPage: z.nullable(z.string()),
  lastSeenAt: z.nullable(z.string()),
  createdAt: z.string(),
});
export type CustomerRecord = z.infer<typeof customerRecord>;
