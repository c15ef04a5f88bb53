import * as z from 'zod/mini';

/** How long a page counts as looking at a ticket without a further word. */
export const viewingShownMs = 45_000;
/** How often an open page says so again. */
export const viewingEveryMs = 20_000;

/** One of the agent's open pages (its id is made by the page) and what it shows; null is no ticket. */
export const viewingInputSchema = z.strictObject({
  pageId: z.uuid(),
  ticketId: z.nullable(z.uuid()),
  isTyping: z.boolean(),
});
export type ViewingInput = z.infer<typeof viewingInputSchema>;

export const viewingStates = ['viewing', 'typing', 'gone'] as const;
export type ViewingState = (typeof viewingStates)[number];

/** A colleague who looks at a ticket, however many pages they have open. */
export const viewerSchema = z.object({ id: z.uuid(), name: z.string(), isTyping: z.boolean() });
export type Viewer = z.infer<typeof viewerSchema>;
