'use client';

import { AtSign, ChevronDown, Lock, MessageSquareQuote, Paperclip, Search } from 'lucide-react';
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import type { Attachments } from '#/components/conversation/attachments/use-attachments.tsx';
import { useWords } from '#/components/conversation/words.tsx';
import type { Named } from '#/components/inbox/ports.ts';
import type { ComposerMode, DraftTexts } from '#/components/inbox/ticket/drafts.ts';
import { mentionedIds, replaceTrigger } from '#/components/inbox/ticket/mentions.ts';
import {
  NoReplies,
  ReplyPreview,
  replySuggestions,
} from '#/components/inbox/ticket/saved-reply-suggestions.tsx';
import { presetText, snoozePresets } from '#/components/inbox/ticket/snooze-times.ts';
import { SuggestPopup } from '#/components/inbox/ticket/suggest-popup.tsx';
import type { SavedReplies } from '#/components/inbox/ticket/use-saved-replies.ts';
import { type Suggestions, useSuggestions } from '#/components/inbox/ticket/use-suggestions.ts';
import { Avatar } from '#/components/ui/avatar.tsx';
import { useClock } from '#/components/ui/clock.tsx';
import { IconButton } from '#/components/ui/icon-button.tsx';
import { Kbd } from '#/components/ui/kbd.tsx';
import { Menu, MenuAct, MenuHeading } from '#/components/ui/menu.tsx';
import { StatusGlyph } from '#/components/ui/status-glyph.tsx';
import { textCharsMax } from '#/lib/messages/limits.ts';
import {
  filledText,
  fillVariables,
  firstOpenVariable,
  openVariables,
  type VariableValues,
} from '#/lib/saved-replies/rules.ts';
import type { DraftSnapshot } from '#/lib/sync/drafts.ts';
import { isBlank } from '#/lib/text.ts';
import type { TicketChange } from '#/lib/tickets/schema.ts';
import type { Viewer } from '#/lib/viewing/schema.ts';

/** What is to happen to the ticket once the message is really sent. */
export type AfterSend = Extract<TicketChange, { field: 'status' | 'snooze' }>;

export type ComposerHandle = {
  focus(mode: ComposerMode): void;
  openSavedReplies(): void;
};

export type TicketComposerProps = {
  mode: ComposerMode;
  drafts: DraftTexts;
  draftState: DraftSnapshot['state'];
  customer: string;
  /** Whom a note can mention. */
  people: readonly Named[];
  replies: SavedReplies;
  values: VariableValues;
  viewers: readonly Viewer[];
  /** The agent's own zone; undefined is the browser's. */
  zone: string | undefined;
  handle: RefObject<ComposerHandle | null>;
  /** Why nothing can be sent here; the text is kept all the same. */
  closedWords: ReactNode;
  onMode(mode: ComposerMode): void;
  onText(text: string): void;
  onSend(text: string, mentions: string[], after: AfterSend | null): void;
  /** Only replies tell the customer that somebody types: a note being written is the team's own business. */
  onTyping(): void;
  onStopTyping(): void;
  /** What goes with the text of this mode. */
  files: Attachments;
};

const warnAtChars = textCharsMax - 500;

/** Reply or note: told apart by colour, line, words and the button; nothing moves between the two. */
export function TicketComposer(props: TicketComposerProps) {
  const { mode, drafts, people, files } = props;
  const { say } = useWords();
  const text = drafts[mode];
  const isNote = mode === 'note';
  const area = useRef<HTMLTextAreaElement>(null);
  const ghost = useRef<HTMLTextAreaElement>(null);
  const nextSelection = useRef<{ from: number; to: number } | null>(null);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const listId = useId();
  const hintId = useId();
  const suggestions = useSuggestions({
    text,
    isNote,
    people,
    replies: props.replies,
    area,
    onChoose: choose,
  });
  const { open } = suggestions;
  const missing = isNote ? [] : openVariables(text);
  const isTooLong = text.length > textCharsMax;
  const hasContent = !isBlank(text) || !files.isEmpty;
  const canSend =
    !isTooLong && hasContent && !files.isStuck && missing.length === 0 && props.closedWords === null;
  const [afterFiles, setAfterFiles] = useState<{
    text: string;
    mode: ComposerMode;
    after: AfterSend | null;
  } | null>(null);
  const hasHint = text.length > warnAtChars || missing.length > 0;

  const other = drafts[isNote ? 'reply' : 'note'];
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows both texts, so that switching moves nothing.
  useLayoutEffect(() => {
    if (area.current !== null && ghost.current !== null) fitHeight(area.current, ghost.current);
    const selection = nextSelection.current;
    nextSelection.current = null;
    if (selection !== null) area.current?.setSelectionRange(selection.from, selection.to);
  }, [text, other]);

  const { openSearch } = suggestions;
  useEffect(() => {
    props.handle.current = {
      focus: switchTo,
      openSavedReplies: openSearch,
    };
    return () => {
      props.handle.current = null;
    };
  });

  function switchTo(next: ComposerMode) {
    if (next !== mode) props.onMode(next);
    area.current?.focus();
  }

  function write(next: string, select: { from: number; to: number }) {
    nextSelection.current = select;
    props.onText(next);
    area.current?.focus();
  }

  function choose(from: Suggestions, index: number) {
    if (from.kind === 'people') {
      const person = from.found[index];
      if (person === undefined) return;
      setPicked((before) => new Set(before).add(person.id));
      const next = replaceTrigger(text, from.trigger, `@${person.name}`);
      write(next.text, { from: next.caret, to: next.caret });
    } else {
      const reply = from.found[index];
      if (reply === undefined) return;
      const at = area.current?.selectionStart ?? text.length;
      const trigger = from.trigger ?? { from: at, to: area.current?.selectionEnd ?? at, query: '' };
      putIn(filledText(fillVariables(reply.text, props.values)), trigger);
    }
    suggestions.close();
  }

  function putIn(words: string, trigger: { from: number; to: number }) {
    const next = text.slice(0, trigger.from) + words + text.slice(trigger.to);
    const end = trigger.from + words.length;
    const gap = firstOpenVariable(words);
    write(
      next,
      gap === null ? { from: end, to: end } : { from: trigger.from + gap.from, to: trigger.from + gap.to },
    );
  }

  function showGap() {
    const gap = firstOpenVariable(text);
    area.current?.focus();
    if (gap !== null) area.current?.setSelectionRange(gap.from, gap.to);
  }

  function send(after: AfterSend | null) {
    if (!canSend) {
      if (missing.length > 0) showGap();
      else area.current?.focus();
      return;
    }
    if (files.isWaiting) {
      setAfterFiles({ text, mode, after });
      return;
    }
    props.onStopTyping();
    // Nobody types a NUL; it comes with a paste, nobody sees it, and the database refuses it.
    props.onSend(
      isBlank(text) ? '' : text.replaceAll('\0', ''),
      isNote ? mentionedIds(text, people, picked) : [],
      after,
    );
    setPicked(new Set());
    area.current?.focus();
  }

  // It goes by itself once the files have arrived, unless somebody goes on writing.
  const isAwaited = afterFiles !== null && afterFiles.text === text && afterFiles.mode === mode;
  useEffect(() => {
    if (afterFiles === null || files.isWaiting) return;
    setAfterFiles(null);
    if (isAwaited) send(afterFiles.after);
  });

  function onKeyDown(event: KeyboardEvent) {
    // 229 is what Safari reports for the Enter that ends a composition, after isComposing is false again.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (suggestions.onKeyDown(event)) return;
    if (event.key !== 'Enter' || event.altKey || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) send(event.shiftKey ? { field: 'status', to: 'resolved' } : null);
  }

  const preview = open?.kind === 'replies' ? open.found[suggestions.active] : undefined;
  return (
    <div className="mx-auto w-full max-w-[728px] px-4 pb-4 max-tablet:px-2 max-tablet:pb-2">
      <div className="relative">
        {open === null ? null : (
          <SuggestPopup
            id={listId}
            label={open.kind === 'people' ? 'Colleagues' : 'Saved replies'}
            suggestions={
              open.kind === 'people' ? open.found.map(personSuggestion) : replySuggestions(open.found)
            }
            active={suggestions.active}
            onActive={suggestions.setActive}
            onChoose={(index) => choose(open, index)}
            spoken={spokenWords(open)}
            empty={
              open.kind === 'replies' ? <NoReplies replies={props.replies} query={open.query} /> : undefined
            }
            {...(preview === undefined
              ? {}
              : { preview: <ReplyPreview reply={preview} values={props.values} /> })}
            {...(suggestions.search === null
              ? {}
              : {
                  search: (
                    <SearchField
                      value={suggestions.search}
                      listId={listId}
                      active={open.found.length === 0 ? null : suggestions.active}
                      onChange={suggestions.setSearch}
                      onKeyDown={suggestions.onKeyDown}
                      onLeave={() => {
                        suggestions.close();
                        area.current?.focus();
                      }}
                    />
                  ),
                })}
          />
        )}
        <div
          data-mode={mode}
          className={`rounded-card border transition-colors focus-within:outline ${
            isNote
              ? 'border-note-line border-dashed bg-note-bg focus-within:outline-note-line'
              : 'border-line-strong bg-bg-raised focus-within:border-accent-ink focus-within:outline-accent-ink'
          }`}
        >
          <ModeTabs mode={mode} drafts={drafts} onMode={switchTo} />
          {files.view}
          <div className="relative">
            <textarea
              ref={area}
              rows={2}
              dir="auto"
              aria-label={isNote ? 'Note to your team' : 'Reply to the customer'}
              aria-autocomplete="list"
              aria-controls={open === null || suggestions.search !== null ? undefined : listId}
              aria-activedescendant={
                open === null || suggestions.search !== null || open.found.length === 0
                  ? undefined
                  : `${listId}-${suggestions.active}`
              }
              aria-describedby={hasHint ? hintId : undefined}
              aria-invalid={isTooLong || missing.length > 0}
              placeholder={isNote ? 'Write something only your team sees' : `Write to ${props.customer}`}
              enterKeyHint="enter"
              value={text}
              onChange={(event) => {
                props.onText(event.target.value);
                suggestions.moved(event.target);
                if (!isNote) props.onTyping();
              }}
              onSelect={(event) => suggestions.moved(event.currentTarget)}
              onKeyDown={onKeyDown}
              onPaste={files.onPaste}
              onBlur={() => {
                suggestions.left();
                props.onStopTyping();
              }}
              className={fieldLook}
            />
            <textarea
              ref={ghost}
              inert
              readOnly
              aria-hidden="true"
              tabIndex={-1}
              rows={2}
              dir="auto"
              value={other}
              className={`${fieldLook} pointer-events-none invisible absolute inset-x-0 top-0`}
            />
          </div>
          <Hint
            id={hintId}
            length={text.length}
            missing={missing}
            draftState={props.draftState}
            closedWords={props.closedWords}
            filesWords={
              isAwaited && files.isWaiting ? say('files.soon') : files.isStuck ? say('files.stuck') : null
            }
            onShow={showGap}
          />
          <div className="flex items-center gap-1 p-2 pt-1">
            <FilesButton files={files} />
            <IconButton label="Saved replies" keys="/" onClick={openSearch}>
              <MessageSquareQuote aria-hidden="true" strokeWidth={1.75} />
            </IconButton>
            <span className={isNote ? '' : 'invisible'}>
              <IconButton
                label="Mention a colleague"
                keys="@"
                onClick={() => {
                  const at = area.current?.selectionStart ?? text.length;
                  const gap = at === 0 || /\s$/u.test(text.slice(0, at)) ? '' : ' ';
                  putIn(`${gap}@`, { from: at, to: area.current?.selectionEnd ?? at });
                }}
              >
                <AtSign aria-hidden="true" strokeWidth={1.75} />
              </IconButton>
            </span>
            <Watching viewers={props.viewers} />
            <span className="me-1 max-tablet:hidden">
              <Kbd keys="mod+Enter" />
            </span>
            <SendButton isNote={isNote} canSend={canSend} zone={props.zone} onSend={send} />
          </div>
        </div>
      </div>
    </div>
  );
}

// Grows to two fifths of the page, then scrolls.
const fieldLook =
  'block max-h-[40dvh] w-full min-w-0 resize-none bg-transparent px-4 py-2 text-14 leading-5 outline-none placeholder:text-text-faint pointer-coarse:py-2.5 pointer-coarse:text-16 pointer-coarse:leading-6 [scrollbar-width:thin]';

function fitHeight(area: HTMLTextAreaElement, ghost: HTMLTextAreaElement) {
  area.style.height = 'auto';
  area.style.height = `${Math.max(area.scrollHeight, ghost.scrollHeight)}px`;
}

function ModeTabs({ mode, drafts, onMode }: Pick<TicketComposerProps, 'mode' | 'drafts' | 'onMode'>) {
  return (
    <fieldset className="flex h-10 items-center gap-1 px-2 pt-1 max-tablet:h-12" aria-label="What you write">
      {(['reply', 'note'] as const).map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={mode === each}
          // A press must not take the focus from the field: on a phone the keyboard would close and open again.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onMode(each)}
          className={`flex h-7 items-center gap-1.5 rounded-control px-2 font-medium text-13 transition-colors duration-120 max-tablet:h-11 ${
            mode === each
              ? each === 'note'
                ? 'text-note-text'
                : 'text-text'
              : 'text-text-muted hover:text-text'
          }`}
        >
          <span className={`border-b-2 ${mode === each ? 'border-current' : 'border-transparent'}`}>
            {each === 'note' ? 'Note' : 'Reply'}
          </span>
          <span
            {...(mode !== each && drafts[each] !== ''
              ? { role: 'img', 'aria-label': 'has a draft' }
              : { 'aria-hidden': true })}
            className={`size-1.5 rounded-full bg-warn ${mode !== each && drafts[each] !== '' ? '' : 'invisible'}`}
          />
        </button>
      ))}
      <span
        className={`ms-auto flex items-center gap-1.5 pe-1 text-12 text-note-text ${mode === 'note' ? '' : 'invisible'}`}
      >
        <Lock className="size-3.5" aria-hidden="true" />
        Only your team sees this
      </span>
    </fieldset>
  );
}

function FilesButton({ files }: { files: Attachments }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          files.add([...(event.target.files ?? [])]);
          // The same file may be chosen again.
          event.target.value = '';
        }}
      />
      <span onPointerEnter={files.warm}>
        <IconButton label="Add files" onClick={() => input.current?.click()}>
          <Paperclip aria-hidden="true" strokeWidth={1.75} />
        </IconButton>
      </span>
    </>
  );
}

function SearchField({
  value,
  listId,
  active,
  onChange,
  onKeyDown,
  onLeave,
}: {
  value: string;
  listId: string;
  active: number | null;
  onChange(query: string): void;
  onKeyDown(event: KeyboardEvent): boolean;
  onLeave(): void;
}) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <div className="flex items-center gap-2 border-line border-b px-3">
      <Search className="size-4 shrink-0 text-text-muted" strokeWidth={1.75} aria-hidden="true" />
      <input
        ref={field}
        role="combobox"
        aria-label="Search saved replies"
        aria-expanded={active !== null}
        aria-controls={active === null ? undefined : listId}
        aria-activedescendant={active === null ? undefined : `${listId}-${active}`}
        placeholder="Search saved replies"
        autoComplete="off"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          const isOver = event.key === 'Escape';
          if (onKeyDown(event) && isOver) onLeave();
        }}
        onBlur={onLeave}
        className="h-10 min-w-0 flex-1 bg-transparent text-14 outline-none max-tablet:h-12 max-tablet:text-16"
      />
    </div>
  );
}

function Hint({
  id,
  length,
  missing,
  draftState,
  closedWords,
  filesWords,
  onShow,
}: {
  id: string;
  length: number;
  missing: readonly string[];
  draftState: DraftSnapshot['state'];
  closedWords: ReactNode;
  filesWords: string | null;
  onShow(): void;
}) {
  const over = length - textCharsMax;
  return (
    <div id={id} role="status" className="px-3 text-12 empty:hidden">
      {closedWords === null ? null : <p className="py-1 text-warn">{closedWords}</p>}
      {filesWords === null ? null : <p className="py-1 text-text-muted">{filesWords}</p>}
      {length <= warnAtChars ? null : (
        <p className={`py-1 ${over > 0 ? 'text-bad' : 'text-text-muted'}`}>
          {over > 0
            ? `${over.toLocaleString()} ${over === 1 ? 'character' : 'characters'} too long. Shorten it, or send it in parts. Nothing of it is lost.`
            : `${(-over).toLocaleString()} characters left`}
        </p>
      )}
      {draftState === 'too_long' || draftState === 'local' ? (
        <p className="py-1 text-text-muted">
          {draftState === 'too_long'
            ? 'A draft this long is kept in this tab only.'
            : 'Not saved on the server yet. It is kept in this tab.'}
        </p>
      ) : null}
      {missing.length === 0 ? null : (
        <p className="py-1 text-warn">
          Fill in <bdi className="font-medium">{`{{${missing[0] ?? ''}}}`}</bdi>
          {missing.length > 1 ? ` and ${missing.length - 1} more` : ''} before you send it.{' '}
          <button
            type="button"
            onClick={onShow}
            className="relative font-medium underline underline-offset-2 after:absolute after:-inset-2"
          >
            Show me
          </button>
        </p>
      )}
    </div>
  );
}

/** Colleagues on the same ticket, and whether one of them writes. */
function Watching({ viewers }: { viewers: readonly Viewer[] }) {
  const words = watchingWords(viewers);
  return (
    <span role="status" className="ms-1 flex min-w-0 flex-1 items-center gap-1.5 text-12 text-text-muted">
      {words === null ? null : (
        <>
          <span aria-hidden="true" className="flex -space-x-1.5">
            {viewers.slice(0, 3).map((viewer) => (
              <span key={viewer.id} className="flex rounded-full ring-2 ring-bg-raised">
                <Avatar name={viewer.name} size={20} />
              </span>
            ))}
          </span>
          <span className="truncate max-tablet:sr-only">{words}</span>
        </>
      )}
    </span>
  );
}

/** "Ben is writing", "Ben is looking too", "3 colleagues are looking too"; null: nobody is. */
export function watchingWords(viewers: readonly Viewer[]): string | null {
  const typing = viewers.filter((viewer) => viewer.isTyping);
  const [first, second] = typing.length > 0 ? typing : viewers;
  if (first === undefined) return null;
  const count = typing.length > 0 ? typing.length : viewers.length;
  const deed = typing.length > 0 ? 'writing' : 'looking too';
  if (count === 1) return `${first.name} is ${deed}`;
  if (count === 2) return `${first.name} and ${second?.name ?? ''} are ${deed}`;
  return `${count} colleagues are ${deed}`;
}

function SendButton({
  isNote,
  canSend,
  zone,
  onSend,
}: {
  isNote: boolean;
  canSend: boolean;
  zone: string | undefined;
  onSend(after: AfterSend | null): void;
}) {
  const { now } = useClock();
  const look = isNote ? 'bg-note-text text-bg' : 'bg-accent text-accent-text';
  const deed = isNote ? 'Add note' : 'Send';
  return (
    <span className={`flex h-8 shrink-0 pointer-coarse:h-11 ${canSend ? '' : 'opacity-50'}`}>
      <button
        type="button"
        aria-disabled={!canSend}
        aria-keyshortcuts="Control+Enter Meta+Enter"
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => onSend(null)}
        className={`flex min-w-21 items-center justify-center rounded-s-control px-3 font-medium text-13 transition-[opacity,background-color] focus-visible:z-10 ${look}`}
      >
        {deed}
      </button>
      <Menu
        align="end"
        side="top"
        trigger={
          <button
            type="button"
            aria-label={isNote ? 'More ways to add it' : 'More ways to send'}
            aria-disabled={!canSend}
            className={`flex w-8 items-center justify-center rounded-e-control border-s border-s-current/25 focus-visible:z-10 pointer-coarse:w-11 ${look}`}
          >
            <ChevronDown className="size-4" aria-hidden="true" />
          </button>
        }
      >
        <MenuAct
          icon={<StatusGlyph status="resolved" />}
          hint={
            <span className="max-tablet:hidden">
              <Kbd keys="mod+shift+Enter" />
            </span>
          }
          onChoose={() => onSend({ field: 'status', to: 'resolved' })}
        >
          {deed} and resolve
        </MenuAct>
        <MenuAct
          icon={<StatusGlyph status="pending" />}
          onChoose={() => onSend({ field: 'status', to: 'pending' })}
        >
          {deed}, then wait for the customer
        </MenuAct>
        <MenuHeading>{deed} and snooze until</MenuHeading>
        {snoozePresets(now, zone).map((preset) => (
          <MenuAct
            key={preset.name}
            icon={<StatusGlyph status="snoozed" />}
            hint={<span className="tabular text-12 text-text-muted">{presetText(preset.at, now, zone)}</span>}
            onChoose={() => onSend({ field: 'snooze', until: preset.at })}
          >
            {preset.name}
          </MenuAct>
        ))}
      </Menu>
    </span>
  );
}

function personSuggestion(person: Named) {
  return {
    id: person.id,
    label: (
      <>
        <Avatar name={person.name} size={20} />
        <bdi className="min-w-0 flex-1 truncate">{person.name}</bdi>
      </>
    ),
  };
}

function spokenWords(open: Suggestions): string {
  const count = open.found.length;
  if (open.kind === 'people') return count === 1 ? '1 colleague' : `${count} colleagues`;
  return count === 1 ? '1 saved reply' : `${count} saved replies`;
}
