import '#/app/globals.css';
import '#/app/fonts.ts';
import type { ReactNode } from 'react';
import { AgentFrame } from '#/components/inbox/agent-frame.tsx';

export default function AgentLayout({ children }: { children: ReactNode }) {
  return <AgentFrame drawnAt={Date.now()}>{children}</AgentFrame>;
}
