import * as z from 'zod/mini';

export const customerTokenRecord = z.strictObject({
  token: z.string().register(z.globalRegistry, {
    description: 'Goes into Authorization: Bearer. It is told this once.',
  }),
  customerId: z.uuid(),
  expiresAt: z.iso.datetime(),
  expiresIn: z.int().register(z.globalRegistry, {
    description: 'The seconds until then, for who does not trust their clock.',
  }),
});
