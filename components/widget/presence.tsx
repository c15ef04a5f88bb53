'use client';

import { useEffect, useState } from 'react';
import { useWords } from '#/components/conversation/words.tsx';
import { openingAt, promiseOf } from '#/lib/availability/opening.ts';
import type { Availability, Opening } from '#/lib/availability/schema.ts';
import type { Words } from '#/lib/texts/words.ts';
import type { FrameConfig } from '#/lib/widgets/frame-config.ts';

const timerMsMax = 86_400_000;

/** Whether somebody is there now; changes by itself when the moment comes. */
export function useOpening({ at, spans }: Availability): Opening {
  // By what has passed since the page came: the reader's own clock may be wrong.
  const now = () => at + Math.max(0, Date.now() - performance.timeOrigin);
  const [turn, setTurn] = useState(0);
  const opening = openingAt(spans, now());
  const { changesAt } = opening;
  useEffect(() => {
    if (changesAt === null) return;
    const leftMs = changesAt - (at + Math.max(0, Date.now() - performance.timeOrigin));
    const timer = setTimeout(() => setTurn(turn + 1), Math.min(timerMsMax, Math.max(0, leftMs) + 50));
    return () => clearTimeout(timer);
  }, [changesAt, at, turn]);
  return opening;
}

/** "Usually replies within 10 minutes", or "Back Monday 09:00 (your time)"; null when there is nothing to say. */
export function presenceText(opening: Opening, replyWithinMs: number | null, words: Words): string | null {
  const { say } = words;
  if (!opening.isOpen)
    return opening.opensAt === null ? say('presence.away') : backText(opening.opensAt, words);
  const promise = replyWithinMs === null ? null : promiseOf(replyWithinMs);
  if (promise === null) return null;
  const { unit, count } = promise;
  return say(`presence.${unit}`, { count });
}

function backText(opensAt: number, { say, clock, dayInside }: Words): string {
  const at = new Date(opensAt).toISOString();
  const time = clock(at);
  const days = Math.round((startOfDay(opensAt) - startOfDay(Date.now())) / 86_400_000);
  if (days === 0) return say('presence.backToday', { time });
  if (days === 1) return say('presence.backTomorrow', { time });
  return say('presence.backDay', { day: dayInside(at, Date.now()), time });
}

function startOfDay(atMs: number): number {
  const date = new Date(atMs);
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
}

/** The same as a line with a mark beside it: full while somebody is there, a ring while nobody is. */
export function Presence({ config, fallback }: { config: FrameConfig; fallback: string }) {
  const words = useWords();
  const opening = useOpening(config.availability);
  const text = presenceText(opening, config.replyWithinMs, words) ?? fallback;
  return (
    <span className="flex items-center gap-2" data-presence={opening.isOpen ? 'open' : 'away'}>
      <span
        aria-hidden="true"
        className={`size-2 shrink-0 rounded-full ${opening.isOpen ? 'bg-good' : 'border-2 border-text-faint'}`}
      />
      <span className="min-w-0 text-pretty [.truncate_&]:truncate">{text}</span>
    </span>
  );
}
