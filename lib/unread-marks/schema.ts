import * as z from 'zod/mini';

export const setUnreadInputSchema = z.strictObject({ ticketId: z.uuid(), isUnread: z.boolean() });
export type SetUnreadInput = z.infer<typeof setUnreadInputSchema>;
