/** Open from one moment to another, in milliseconds since 1970. */
export type OpenSpan = [from: number, to: number];

/** When a widget's people are there, as the frame's page was told it. */
export type Availability = {
  /** The server's clock when it said so: the reader's own may be wrong by years. */
  at: number;
  /** Now and next, in order; null is always, none is never. */
  spans: OpenSpan[] | null;
};

export type Opening = {
  isOpen: boolean;
  /** When it opens next; null while it is open, and when nobody can say. */
  opensAt: number | null;
  /** When this stops being true. */
  changesAt: number | null;
};
