import * as z from 'zod/mini';

/** A department as the public API answers it. */
export const departmentRecord = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  isRestricted: z.boolean().register(z.globalRegistry, {
    description: 'Its tickets are seen by its members, assignees and admins only.',
  }),
  timezone: z.string().register(z.globalRegistry, { description: 'IANA name.' }),
  businessHours: z
    .nullable(z.array(z.strictObject({ day: z.int(), opens: z.string(), closes: z.string() })))
    .register(z.globalRegistry, {
      description: 'Spans of ISO weekdays (1 is Monday), 09:00 to 17:00; null is always open, empty never.',
    }),
  memberIds: z.array(z.uuid()).register(z.globalRegistry, { description: 'Its active members.' }),
  openTickets: z.int().register(z.globalRegistry, { description: 'Tickets in it that are not over.' }),
  createdAt: z.string(),
});
export type DepartmentRecord = z.infer<typeof departmentRecord>;
