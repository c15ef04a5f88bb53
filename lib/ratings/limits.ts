/** What both sides know of a rating; without the schema library, since the frame loads it. */

/** From terrible to great. */
export const scores = [1, 2, 3, 4, 5] as const;
export type Score = (typeof scores)[number];
export const commentCharsMax = 1_000;
/** How long a rating may be changed. */
export const changeableForMs = 86_400_000;

export type Rating = {
  score: number;
  comment: string | null;
  /** Until then it may be changed; ISO 8601. */
  changeableUntil: string;
};

/** How a conversation that is over can go on, and what its customer thought of it. */
export type Ending = {
  /** What a further message does: it is a reply, it opens the ticket again, or it begins another conversation. */
  goesOn: 'reply' | 'reopen' | 'followUp';
  /** The entry that resolved it last; null when it is not resolved, or closed without. */
  resolveId: string | null;
  rating: Rating | null;
};
