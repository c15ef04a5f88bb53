/** One message that somebody means to send, at a moment that was fixed before the run began. */
export type Arrival = {
  /** From the start of its phase. */
  atMs: number;
  /** Whose conversation: an index of visitors. */
  visitor: number;
  by: 'visitor' | 'agent';
};

export type Crowd = { visitors: number; agents: number };

const agentsShare = 0.4;
/** How much of what is written goes between a visitor and the agent who has that ticket open. */
const openTicketShare = 0.4;

/**
 * Everything that will be sent in a phase, drawn before it begins: gaps as of people who do not know of each other,
 * whatever the system does meanwhile. Visitors below `agents` are those whose ticket an agent has open.
 */
export function arrivalsOf(
  crowd: Crowd,
  { perSecond, seconds }: { perSecond: number; seconds: number },
  random: () => number,
): Arrival[] {
  const arrivals: Arrival[] = [];
  const watched = Math.min(crowd.agents, crowd.visitors);
  for (let atMs = gap(); atMs < seconds * 1_000; atMs += gap()) {
    const by = random() < agentsShare ? 'agent' : 'visitor';
    const among = random() < openTicketShare ? watched : crowd.visitors;
    arrivals.push({ atMs, visitor: Math.floor(random() * among), by });
  }
  return arrivals;

  function gap(): number {
    return (-Math.log(1 - random()) / perSecond) * 1_000;
  }
}
