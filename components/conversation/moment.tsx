'use client';

import { useSyncExternalStore } from 'react';
import { useFullMoment } from '#/components/conversation/words.tsx';

/**
 * A moment in the reader's own zone, the exact one on hover. Empty in server-made HTML, since the server knows neither zone nor language of
 * the reader; `words` is called in the browser only.
 */
export function Moment({
  at,
  words,
  className,
}: {
  at: string;
  words: (at: string) => string;
  className?: string;
}) {
  const full = useFullMoment();
  const isBrowser = useSyncExternalStore(subscribeNever, inBrowser, onServer);
  return (
    <time dateTime={at} className={className} title={isBrowser ? full(at) : undefined}>
      {isBrowser ? words(at) : ''}
    </time>
  );
}

const subscribeNever = () => () => {};
const inBrowser = () => true;
const onServer = () => false;
