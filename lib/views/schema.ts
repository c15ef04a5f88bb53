import * as z from 'zod/mini';
import { cleanName } from '#/lib/text.ts';
import { type TicketFilter, type TicketSort, ticketFilterSchema, ticketSorts } from '#/lib/tickets/schema.ts';

export const viewNameCharsMax = 60;
/** One's own and the shared ones together. */
export const viewsMax = 100;

/** A filter that was kept under a name. */
export type SavedView = {
  id: string;
  name: string;
  filter: TicketFilter;
  sort: TicketSort;
  position: number;
  /** Null: shared, for everybody. */
  ownerId: string | null;
  /** Whether this agent may change it: one's own, the shared ones that one made, and for admins every shared one. */
  canChange: boolean;
  /** Something that it names is gone; it opens without that. */
  isBroken: boolean;
};

const viewName = z
  .string()
  .check(
    z.maxLength(viewNameCharsMax, 'name_too_long'),
    z.overwrite(cleanName),
    z.minLength(1, 'name_empty'),
  );

/** `id` is made by the client: the same one again answers the stored view. */
export const saveViewInputSchema = z.strictObject({
  id: z.uuid(),
  name: viewName,
  filter: ticketFilterSchema,
  sort: z.enum(ticketSorts),
  isShared: z.boolean(),
});
export type SaveViewInput = z.infer<typeof saveViewInputSchema>;

export const changeViewInputSchema = z.strictObject({
  id: z.uuid(),
  name: z.optional(viewName),
  filter: z.optional(ticketFilterSchema),
  sort: z.optional(z.enum(ticketSorts)),
  isShared: z.optional(z.boolean()),
});
export type ChangeViewInput = z.infer<typeof changeViewInputSchema>;

export const viewRefSchema = z.strictObject({ id: z.uuid() });
/** All or some of the views, in the order in which they shall stand. */
export const orderViewsInputSchema = z.strictObject({
  ids: z.array(z.uuid()).check(z.minLength(1), z.maxLength(viewsMax)),
});
