import '#/app/globals.css';
import '#/app/fonts.ts';
import type { ReactNode } from 'react';
import { WordsProvider } from '#/components/conversation/words.tsx';
import { AgentFrame } from '#/components/inbox/agent-frame.tsx';
import { english } from '#/lib/texts/en.ts';

export default function AgentLayout({ children }: { children: ReactNode }) {
  return (
    <AgentFrame drawnAt={Date.now()}>
      <WordsProvider language="en" texts={english} formats="reader">
        {children}
      </WordsProvider>
    </AgentFrame>
  );
}
