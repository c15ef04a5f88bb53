import type { Availability } from '#/lib/availability/schema.ts';
import type { PreChatForm } from '#/lib/pre-chat/form.ts';
import type { WidgetConfig } from '#/lib/widgets/schema.ts';

/** What the frame knows beside the widget's look; it comes with the frame's page and is never cached. */
export type WidgetServices = {
  availability: Availability;
  /** Within this time half of the first replies came, at this hour of the last thirty days; null: too few to tell. */
  replyWithinMs: number | null;
  preChat: PreChatForm | null;
  asksRating: boolean;
};
export type FrameConfig = WidgetConfig & WidgetServices;
