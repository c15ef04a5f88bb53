'use client';

import { useSyncExternalStore } from 'react';

/**
 * A moment in the reader's own zone. Empty in server-made HTML, since the server knows neither zone nor language of
 * the reader; `words` is called in the browser only.
 */
export function Moment({
  at,
  words,
  title,
  className,
}: {
  at: string;
  words: (at: string) => string;
  title?: (at: string) => string;
  className?: string;
}) {
  const isBrowser = useSyncExternalStore(subscribeNever, inBrowser, onServer);
  return (
    <time dateTime={at} className={className} title={isBrowser ? title?.(at) : undefined}>
      {isBrowser ? words(at) : ''}
    </time>
  );
}

const subscribeNever = () => () => {};
const inBrowser = () => true;
const onServer = () => false;
