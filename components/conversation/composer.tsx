'use client';

import {
  type KeyboardEvent,
  type MouseEvent,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { AttachButton } from '#/components/conversation/attachments/attach-button.tsx';
import type { Attachments } from '#/components/conversation/attachments/use-attachments.tsx';
import { Glyph } from '#/components/conversation/glyph.tsx';
import { useWords } from '#/components/conversation/words.tsx';
import { textCharsMax } from '#/lib/messages/limits.ts';
import { isBlank } from '#/lib/text.ts';

export type ComposerProps = {
  /** The accessible name of the text box. */
  label: string;
  placeholder: string;
  text: string;
  onText(text: string): void;
  /** Called with a text that may be sent: not too long, and empty only where files go with it. The owner clears `text`. */
  onSend(text: string): void;
  /** Each change by the person; the engine throttles. */
  onTyping?(): void;
  onStopTyping?(): void;
  sendLabel: string;
  inputRef?: Ref<HTMLTextAreaElement>;
  /** What goes with the text; without it no files can be sent here. */
  files?: Attachments;
};

const warnAtChars = textCharsMax - 500;
/** Grows to this many lines, then scrolls. */
const linesMax = 5;

/** Where customers write: Enter sends, Shift+Enter breaks the line. It never takes a character away: a text that is too long is kept and said to be so. */
export function Composer(props: ComposerProps) {
  const { text, files } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle<HTMLTextAreaElement | null, HTMLTextAreaElement | null>(
    props.inputRef,
    () => area.current,
  );
  const hintId = useId();
  const isTooLong = text.length > textCharsMax;
  const hasContent = !isBlank(text) || files?.isEmpty === false;
  const canSend = !isTooLong && hasContent && files?.isStuck !== true;
  const { isAwaited, awaitFiles } = useAwaited(text, files, canSend, send);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text.
  useLayoutEffect(() => {
    if (area.current !== null) fitHeight(area.current);
  }, [text]);

  function send() {
    if (!canSend) {
      area.current?.focus();
      return;
    }
    if (files?.isWaiting === true) return awaitFiles();
    props.onStopTyping?.();
    // Nobody types a NUL; it comes with a paste, nobody sees it, and the database refuses it.
    props.onSend(isBlank(text) ? '' : text.replaceAll('\0', ''));
    area.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    // 229 is what Safari reports for the Enter that ends a composition, after isComposing is false again.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key !== 'Enter' || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (!event.repeat) send();
  }

  return (
    <div>
      <LengthHint id={hintId} length={text.length} />
      <FilesHint files={files} isAwaited={isAwaited} />
      <div className="rounded-[22px] border border-line-strong bg-bg-raised transition-colors focus-within:border-accent-ink focus-within:outline focus-within:outline-accent-ink">
        {files?.view}
        <div className="flex items-end">
          {files === undefined ? null : <AttachButton files={files} />}
          <textarea
            ref={area}
            rows={1}
            // What is empty has no letters to go by: its placeholder reads as the page does.
            dir={text === '' ? undefined : 'auto'}
            aria-label={props.label}
            aria-describedby={text.length > warnAtChars ? hintId : undefined}
            aria-invalid={isTooLong}
            placeholder={props.placeholder}
            enterKeyHint="send"
            value={text}
            onChange={(event) => {
              props.onText(event.target.value);
              props.onTyping?.();
            }}
            onKeyDown={onKeyDown}
            onPaste={files?.onPaste}
            onBlur={() => props.onStopTyping?.()}
            className={`block w-full min-w-0 flex-1 resize-none bg-transparent py-3 pe-2 ${files === undefined ? 'ps-4' : 'ps-1'} text-15 leading-5 outline-none placeholder:text-text-faint pointer-coarse:text-16 pointer-coarse:leading-5`}
          />
          <button
            type="button"
            aria-label={props.sendLabel}
            aria-disabled={!canSend}
            onClick={send}
            onMouseDown={keepFocus}
            className="flex size-11 shrink-0 items-center justify-center rounded-full"
          >
            <span
              className={`flex size-8 items-center justify-center rounded-full transition-colors ${
                canSend ? 'bg-accent text-accent-text' : 'bg-bg-sunken text-text-faint'
              }`}
            >
              <Glyph shape="arrow-up" size={18} />
            </span>
          </button>
        </div>
      </div>
    </div>
  );
}

/** Sent while files are on their way: it goes by itself once they have arrived, unless the person goes on writing. */
function useAwaited(text: string, files: Attachments | undefined, canSend: boolean, send: () => void) {
  const [awaited, setAwaited] = useState<string | null>(null);
  const isAwaited = awaited !== null && awaited === text && files?.isWaiting === true;
  const go = useRef(send);
  useEffect(() => {
    go.current = send;
  });
  const isDue = awaited !== null && files?.isWaiting === false;
  const isUnchanged = awaited === text;
  useEffect(() => {
    if (!isDue) return;
    setAwaited(null);
    if (isUnchanged && canSend) go.current();
  }, [isDue, isUnchanged, canSend]);
  return { isAwaited, awaitFiles: () => setAwaited(text) };
}

function FilesHint({ files, isAwaited }: { files: Attachments | undefined; isAwaited: boolean }) {
  const { say } = useWords();
  return (
    <p role="status" className="px-2 text-12 text-text-muted not-empty:pb-2">
      {isAwaited ? say('files.soon') : files?.isStuck === true ? say('files.stuck') : null}
    </p>
  );
}

// Pressing the button must not blur the field: on a phone the keyboard would close and open again.
function keepFocus(event: MouseEvent) {
  event.preventDefault();
}

function LengthHint({ id, length }: { id: string; length: number }) {
  const { say } = useWords();
  if (length <= warnAtChars) return null;
  const over = length - textCharsMax;
  const isOver = over > 0;
  return (
    <p id={id} role="status" className={`px-2 pb-2 text-12 ${isOver ? 'text-bad' : 'text-text-muted'}`}>
      {isOver ? say('composer.over', { count: over }) : say('composer.left', { count: -over })}
    </p>
  );
}

function fitHeight(area: HTMLTextAreaElement) {
  const style = getComputedStyle(area);
  const padding = Number.parseFloat(style.paddingTop) + Number.parseFloat(style.paddingBottom);
  const most = Number.parseFloat(style.lineHeight) * linesMax + padding;
  area.style.height = 'auto';
  const wanted = area.scrollHeight;
  area.style.height = `${Math.min(wanted, most)}px`;
  area.style.overflowY = wanted > most ? 'auto' : 'hidden';
}
