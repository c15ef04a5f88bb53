import * as z from 'zod/mini';
import { openRoute } from '#/lib/route.ts';
import { getTicketStatus } from '#/lib/tickets/service.ts';

export const POST = openRoute({
  name: 'ticket.status',
  limit: 'link.open',
  input: z.strictObject({ token: z.string().check(z.maxLength(200)) }),
  run: (_, { token }) => getTicketStatus(token),
});
