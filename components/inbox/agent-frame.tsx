'use client';

import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { type ReactNode, useEffect } from 'react';
import { ClockStart } from '#/components/ui/clock.tsx';
import { ToastPlace } from '#/components/ui/toast.tsx';

/** What every staff page has around it: the clock, tooltips, toasts, and which keys this machine has. */
export function AgentFrame({ drawnAt, children }: { drawnAt: number; children: ReactNode }) {
  useEffect(() => {
    if (/Mac|iPhone|iPad/.test(navigator.userAgent)) document.documentElement.dataset.keys = 'apple';
  }, []);
  return (
    // The content policy allows no style element without a nonce, and none is needed.
    <CSPProvider disableStyleElements>
      <Tooltip.Provider delay={500}>
        <ToastPlace>
          <ClockStart at={drawnAt}>{children}</ClockStart>
        </ToastPlace>
      </Tooltip.Provider>
    </CSPProvider>
  );
}
