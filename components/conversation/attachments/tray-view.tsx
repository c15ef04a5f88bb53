import { useEffect, useRef } from 'react';
import { fileFailureWords } from '#/components/conversation/attachments/failure-words.ts';
import { sizeText } from '#/components/conversation/attachments/size-text.ts';
import type { Tray, TrayItem } from '#/components/conversation/attachments/tray.ts';
import { Glyph } from '#/components/conversation/glyph.tsx';
import { useWords } from '#/components/conversation/words.tsx';
import { filesPerMessageMax } from '#/lib/files/rules.ts';
import { useStore } from '#/lib/sync/hooks.ts';

export { openTray } from '#/components/conversation/attachments/tray.ts';

/** The files that go with the next message: how far each is, and what can be done about it. */
export function TrayView({ tray }: { tray: Tray }) {
  const { say, language } = useWords();
  const { items, allowance, isOverfull } = useStore(tray);
  const limits =
    allowance === null
      ? null
      : say('files.limits', { count: filesPerMessageMax, size: sizeText(allowance.fileBytesMax, language) });
  return (
    <>
      <p role="status" className="sr-only">
        {items.length === 0 ? '' : say('files.count', { count: items.length })}
      </p>
      {items.length === 0 ? null : (
        <div className="px-2 pt-2">
          <ul
            aria-label={say('files.toSend')}
            className="flex max-h-[min(224px,40dvh)] flex-col gap-1 overflow-y-auto"
          >
            {items.map((item) => (
              <Row
                key={item.id}
                item={item}
                tray={tray}
                bytesMax={allowance?.fileBytesMax ?? 0}
                bytesLeft={allowance?.bytesLeft ?? 0}
              />
            ))}
          </ul>
          {isOverfull ? (
            <p role="alert" className="px-2 pt-1 text-12 text-bad">
              {say('files.tooMany', { count: filesPerMessageMax })}
            </p>
          ) : limits === null ? null : (
            <p className="px-2 pt-1 text-12 text-text-muted">{limits}</p>
          )}
        </div>
      )}
    </>
  );
}

function Row({
  item,
  tray,
  bytesMax,
  bytesLeft,
}: {
  item: TrayItem;
  tray: Tray;
  bytesMax: number;
  bytesLeft: number;
}) {
  const { say, language } = useWords();
  const { name, state, share, failure } = item;
  const isFailed = state === 'failed';
  const row = useRef<HTMLLIElement>(null);
  // What has to be seen to is not left below the edge of a long list.
  useEffect(() => {
    if (isFailed) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isFailed]);
  const words = isFailed
    ? fileFailureWords(failure, { bytesMax, bytesLeft }, say, language)
    : state === 'ready'
      ? sizeText(item.bytes, language)
      : state === 'uploading'
        ? say('files.uploading', { share: shareText(share, language) })
        : say('files.waiting');
  return (
    <li
      ref={row}
      data-file-state={state}
      className={`flex items-center gap-2 rounded-control ps-1.5 ${isFailed ? 'bg-bad-bg' : 'bg-bg-sunken'}`}
    >
      <Face preview={item.preview} />
      <div className="min-w-0 flex-1 py-1">
        <p className="truncate text-13">
          <bdi>{name}</bdi>
        </p>
        <p
          role={isFailed ? 'alert' : undefined}
          className={`text-12 ${isFailed ? 'text-bad' : 'text-text-muted'}`}
        >
          {words}
        </p>
        {state === 'uploading' || state === 'waiting' ? (
          <progress
            aria-label={name}
            max={1}
            value={share}
            className="block h-1 w-full appearance-none overflow-hidden rounded-full bg-line [&::-moz-progress-bar]:bg-accent-ink [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-accent-ink"
          />
        ) : null}
      </div>
      {isFailed && canRetry(failure?.reason) ? (
        <button
          type="button"
          aria-label={say('files.retryOne', { name })}
          onClick={() => tray.retry(item.id)}
          className="h-11 shrink-0 px-2 font-medium text-12 underline underline-offset-2"
        >
          {say('state.retry')}
        </button>
      ) : null}
      <button
        type="button"
        aria-label={say(state === 'ready' || isFailed ? 'files.remove' : 'files.cancel', { name })}
        onClick={() => tray.remove(item.id)}
        className="flex size-11 shrink-0 items-center justify-center rounded-control text-text-muted hover:text-text"
      >
        <Glyph shape="close" size={16} />
      </button>
    </li>
  );
}

/** The same file again would be refused again. */
function canRetry(reason: string | undefined): boolean {
  return reason === undefined || !/^file/.test(reason);
}

function Face({ preview }: { preview: string | null }) {
  return (
    <span className="flex size-9 shrink-0 items-center justify-center overflow-hidden rounded-control bg-bg-raised text-text-muted">
      {preview === null ? (
        <Glyph shape="file" size={18} />
      ) : (
        // biome-ignore lint/performance/noImgElement: an address of the browser's own has nothing to be optimised.
        <img src={preview} alt="" className="size-full object-cover" />
      )}
    </span>
  );
}

function shareText(share: number, language: string): string {
  return new Intl.NumberFormat(language, { style: 'percent' }).format(Math.min(1, share));
}
