import { ticketCountMax } from '#/lib/tickets/schema.ts';

/** Exact to 999, then "999+": the server stops counting there. */
export function countText(count: number): string {
  return count >= ticketCountMax ? `${ticketCountMax - 1}+` : String(count);
}
