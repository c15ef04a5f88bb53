import type { Metadata } from 'next';
import { StatusView } from './status-view.tsx';

export const metadata: Metadata = { title: 'Ticket status', referrer: 'no-referrer' };

/** One ticket's public status. The link's token is in the fragment, so this page is the same for everybody. */
export default function StatusPage() {
  return <StatusView />;
}
