import type { TicketPriority, TicketStatus } from '#/lib/tickets/schema.ts';

export const statusNames: Record<TicketStatus, string> = {
  open: 'Open',
  pending: 'Pending',
  snoozed: 'Snoozed',
  resolved: 'Resolved',
  closed: 'Closed',
};
export const priorityNames: Record<TicketPriority, string> = {
  low: 'Low',
  normal: 'Normal',
  high: 'High',
  urgent: 'Urgent',
};

/** A ring that fills: open ○, pending ◔, snoozed ☾, resolved ●. Told by shape first, colour second. */
export function StatusGlyph({ status, isNamed = false }: { status: TicketStatus; isNamed?: boolean }) {
  return (
    <svg
      viewBox="0 0 16 16"
      className={`size-4 shrink-0 ${status === 'resolved' || status === 'closed' ? 'text-good' : status === 'open' ? 'text-accent' : 'text-warn'}`}
      role="img"
      aria-label={statusNames[status]}
      aria-hidden={isNamed ? undefined : true}
    >
      {shapeOf(status)}
    </svg>
  );
}

function shapeOf(status: TicketStatus) {
  const ring = <circle cx="8" cy="8" r="5.75" fill="none" stroke="currentColor" strokeWidth="1.75" />;
  switch (status) {
    case 'open':
      return ring;
    case 'pending':
      return (
        <>
          {ring}
          <path d="M8 8V4.5A3.5 3.5 0 0 1 11.5 8Z" fill="currentColor" />
        </>
      );
    case 'snoozed':
      return <path d="M12.9 10.2A5.8 5.8 0 0 1 5.8 3.1 5.8 5.8 0 1 0 12.9 10.2Z" fill="currentColor" />;
    case 'resolved':
      return (
        <>
          <circle cx="8" cy="8" r="6.6" fill="currentColor" />
          <path
            d="m5.4 8.2 1.8 1.8 3.5-3.8"
            fill="none"
            stroke="var(--bg)"
            strokeWidth="1.5"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </>
      );
    case 'closed':
      return (
        <>
          <circle cx="8" cy="8" r="6.6" fill="currentColor" />
          <path d="M5.4 8h5.2" stroke="var(--bg)" strokeWidth="1.5" strokeLinecap="round" />
        </>
      );
  }
}

const barHeights = [4, 7, 10, 13];
const ranks: Record<TicketPriority, number> = { low: 1, normal: 2, high: 3, urgent: 4 };

/** Four bars; as many are filled as the priority ranks. Urgent is also coloured. */
export function PriorityGlyph({
  priority,
  isNamed = false,
}: {
  priority: TicketPriority;
  isNamed?: boolean;
}) {
  const rank = ranks[priority];
  return (
    <svg
      viewBox="0 0 16 16"
      className={`size-4 shrink-0 ${priority === 'urgent' ? 'text-bad' : priority === 'high' ? 'text-warn' : 'text-text-muted'}`}
      role="img"
      aria-label={`${priorityNames[priority]} priority`}
      aria-hidden={isNamed ? undefined : true}
    >
      {barHeights.map((height, index) => (
        <rect
          key={height}
          x={1 + index * 3.75}
          y={14.5 - height}
          width="2.5"
          height={height}
          rx="0.75"
          fill="currentColor"
          opacity={index < rank ? 1 : 0.25}
        />
      ))}
    </svg>
  );
}
