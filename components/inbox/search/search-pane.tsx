'use client';

import {
  ArrowLeft,
  CloudOff,
  MessageSquare,
  SearchIcon,
  SearchX,
  StickyNote,
  TriangleAlert,
  X,
} from 'lucide-react';
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useId,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { customerName } from '#/components/inbox/customer-name.ts';
import { groupHits, type HitGroup, markedParts } from '#/components/inbox/search/hit-groups.ts';
import type { SearchPaneProps } from '#/components/inbox/search/search-props.ts';
import { countText, hints, matchNames, noteText } from '#/components/inbox/search/search-words.ts';
import { Button } from '#/components/ui/button.tsx';
import { Moment, useClock } from '#/components/ui/clock.tsx';
import { EmptyState } from '#/components/ui/empty-state.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { IconButton } from '#/components/ui/icon-button.tsx';
import { Kbd } from '#/components/ui/kbd.tsx';
import { SkeletonLine } from '#/components/ui/skeleton.tsx';
import { StatusGlyph } from '#/components/ui/status-glyph.tsx';
import { dateText, momentText } from '#/components/ui/time-text.ts';
import { filterNames, parseSearch, type SearchChip, withoutChip } from '#/lib/search/rules.ts';
import type { SearchHit } from '#/lib/search/schema.ts';

const skeletonAfterMs = 150;
const shownInTicket = 3;

/** Where the list was: a field, what was found, and what to do when that is nothing. */
export function SearchPane(props: SearchPaneProps) {
  const { search, onText, onClose } = props;
  const snapshot = useSyncExternalStore(search.subscribe, search.getSnapshot, search.getSnapshot);
  const { text, hits, isSearching, failure } = snapshot;
  const groups = useMemo(() => groupHits(hits), [hits]);
  const field = useRef<HTMLInputElement>(null);
  const results = useRef<HTMLDivElement>(null);
  const statusId = useId();
  const isEmpty = text.trim() === '';
  const isWaiting = useLater(isSearching && hits.length === 0, skeletonAfterMs);

  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);

  function type(next: string) {
    search.setText(next);
    onText(next);
  }
  function fill(next: string) {
    type(next);
    field.current?.focus();
  }
  function move(by: 1 | -1): boolean {
    const stops = [...(results.current?.querySelectorAll<HTMLElement>('[data-search-hit]') ?? [])];
    const at = stops.findIndex((stop) => stop.contains(document.activeElement));
    if (at === 0 && by === -1) {
      field.current?.focus();
      return true;
    }
    const next = stops[at === -1 ? (by === 1 ? 0 : stops.length - 1) : at + by];
    if (next === undefined) return false;
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
    return true;
  }
  useImperativeHandle(props.handle, () => ({ move }));

  function onFieldKey(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') {
      if (move(1)) event.preventDefault();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const isAnswered = !isSearching && snapshot.answered === text;
      if (isAnswered) results.current?.querySelector<HTMLElement>('[data-search-hit]')?.click();
      else search.submit();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      if (text === '') onClose();
      else type('');
    }
  }
  function onResultKey(event: KeyboardEvent) {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
    if (!isPlain) return;
    const by = { ArrowDown: 1, ArrowUp: -1, ...(props.singleKeys ? { j: 1, k: -1 } : {}) }[event.key];
    if (by === 1 || by === -1) {
      move(by);
      event.preventDefault();
    } else if (event.key === 'Escape') {
      field.current?.focus();
      event.preventDefault();
    }
  }

  return (
    <search className="flex min-h-0 min-w-0 flex-1 flex-col" aria-label="Search tickets">
      <h1 className="sr-only">Search</h1>
      <div className="flex h-12 shrink-0 items-center gap-1 border-line border-b ps-1.5 pe-2">
        <IconButton label="Back to the list" keys="Escape" onClick={onClose}>
          <ArrowLeft className="rtl:-scale-x-100" aria-hidden="true" strokeWidth={1.75} />
        </IconButton>
        <label className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-control border border-line-strong bg-bg-raised px-2 focus-within:border-accent-ink focus-within:outline-2 focus-within:outline-accent-ink max-tablet:h-11">
          <SearchIcon className="size-4 shrink-0 text-text-muted" strokeWidth={1.75} aria-hidden="true" />
          <span className="sr-only">Search messages, notes, customers and tickets</span>
          <input
            ref={field}
            data-search-field=""
            type="text"
            inputMode="search"
            enterKeyHint="search"
            dir="auto"
            value={text}
            placeholder="Search everything you may see"
            autoComplete="off"
            autoCorrect="off"
            autoCapitalize="off"
            spellCheck={false}
            aria-describedby={statusId}
            onChange={(event) => type(event.target.value)}
            onKeyDown={onFieldKey}
            className="min-w-0 flex-1 bg-transparent text-13 outline-none max-tablet:text-16"
          />
          {text === '' ? null : (
            <button
              type="button"
              aria-label="Clear"
              onClick={() => fill('')}
              className="-me-1 flex size-6 shrink-0 items-center justify-center rounded-tail text-text-muted hover:bg-bg-hover hover:text-text max-tablet:size-11"
            >
              <X className="size-4" strokeWidth={1.75} aria-hidden="true" />
            </button>
          )}
        </label>
      </div>
      <Chips text={text} onText={fill} />
      {props.isOffline ? (
        <Line icon={<CloudOff />}>You are offline. Searching works again as soon as you are back.</Line>
      ) : null}
      {snapshot.notes.map((note) =>
        note.kind === 'nothing_to_find' ? null : (
          <Line key={`${note.kind} ${note.word}`} icon={<TriangleAlert />}>
            {noteText(note)}
          </Line>
        ),
      )}
      {snapshot.corrected === null || isEmpty ? null : (
        <Line icon={<SearchX />}>
          Nothing for “<bdi>{snapshot.answered}</bdi>”. Showing{' '}
          <button
            type="button"
            className="font-medium text-accent-ink underline underline-offset-2"
            onClick={() => fill(snapshot.corrected ?? '')}
          >
            <bdi>{snapshot.corrected}</bdi>
          </button>{' '}
          instead.
        </Line>
      )}
      <p id={statusId} role="status" className="sr-only">
        {isEmpty || isSearching || failure !== null ? '' : countText(hits.length, snapshot.hasMore)}
      </p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the links inside are what takes keys; it only moves between them. */}
      <div
        ref={results}
        onKeyDown={onResultKey}
        aria-busy={isSearching}
        className="min-h-0 flex-1 overflow-y-auto [scrollbar-width:thin]"
        data-list-scroll=""
      >
        {isEmpty ? (
          <Hints text={text} tags={props.tags} agents={props.agents} onFill={fill} />
        ) : failure !== null ? (
          <EmptyState
            icon={<TriangleAlert aria-hidden="true" strokeWidth={1.75} />}
            title="The search did not go through"
            actions={<Button onClick={() => search.retry()}>Try again</Button>}
          >
            {failureText(failure)}
          </EmptyState>
        ) : hits.length > 0 ? (
          <>
            <ul className="flex flex-col py-1.5">
              {groups.map((group) => (
                <Group key={group.ticket.id} group={group} {...props} />
              ))}
            </ul>
            <Ending
              hasMore={snapshot.hasMore}
              isLoading={snapshot.isLoadingMore}
              searchedTo={snapshot.searchedTo}
              onMore={() => search.loadMore()}
            />
          </>
        ) : isSearching || snapshot.answered === null ? (
          isWaiting ? (
            <ResultSkeleton searchedTo={snapshot.searchedTo} />
          ) : null
        ) : (
          <NothingFound
            text={text}
            isWordless={snapshot.notes.some(({ kind }) => kind === 'nothing_to_find')}
            onFill={fill}
          />
        )}
      </div>
    </search>
  );
}

function Chips({ text, onText }: { text: string; onText(text: string): void }) {
  const chips = useMemo(() => parseSearch(text, 'UTC', 0).chips, [text]);
  if (chips.length === 0) return null;
  return (
    <ul aria-label="Filters" className="flex shrink-0 flex-wrap gap-1.5 border-line border-b px-3 py-2">
      {chips.map((chip) => (
        <li key={chip.start}>
          <Chip chip={chip} onRemove={() => onText(withoutChip(text, chip))} />
        </li>
      ))}
    </ul>
  );
}

function Chip({ chip, onRemove }: { chip: SearchChip; onRemove(): void }) {
  return (
    <span className="inline-flex h-6 max-w-full items-center gap-1 rounded-full border border-line-strong bg-bg-raised ps-2 text-12 max-tablet:h-9">
      <span className="text-text-muted">{chip.name}</span>
      <bdi className="min-w-0 truncate font-medium">{chip.value}</bdi>
      <button
        type="button"
        aria-label={`Remove ${chip.name}: ${chip.value}`}
        onClick={onRemove}
        className="flex size-6 shrink-0 items-center justify-center rounded-full text-text-muted hover:bg-bg-hover hover:text-text max-tablet:size-9"
      >
        <X className="size-3.5" strokeWidth={1.75} aria-hidden="true" />
      </button>
    </span>
  );
}

function Line({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <div
      role="status"
      className="flex shrink-0 items-start gap-2 border-line border-b bg-bg-sunken px-3 py-2 text-12 text-text-muted [&_svg]:size-4 [&_svg]:shrink-0"
    >
      <span aria-hidden="true">{icon}</span>
      <p className="wrap-anywhere min-w-0 flex-1">{children}</p>
    </div>
  );
}

type GroupProps = Pick<SearchPaneProps, 'hrefOf' | 'onOpen' | 'openTicketId'> & { group: HitGroup };

function Group({ group, hrefOf, onOpen, openTicketId }: GroupProps) {
  const { ticket, own, entries } = group;
  const [isWhole, setIsWhole] = useState(false);
  const head = own ?? entries[0];
  if (head === undefined) return null;
  const isOpen = ticket.id === openTicketId;
  const shown = isWhole ? entries : entries.slice(0, shownInTicket);
  const hidden = entries.length - shown.length;
  const subject = own?.match === 'subject' ? own.snippet : { text: ticket.subject, marks: [] };
  return (
    <li className="px-2 py-px">
      <div className={`rounded-control pb-1 ${isOpen ? 'bg-accent-bg' : ''}`}>
        <HitLink hit={head} href={hrefOf(head)} isStop={own !== null} isCurrent={isOpen} onOpen={onOpen}>
          <span className="flex min-w-0 items-baseline gap-2">
            <span className="min-w-0 flex-1 truncate font-medium" dir="auto">
              <Marked
                snippet={
                  own?.match === 'customer' ? own.snippet : { text: customerName(ticket.customer), marks: [] }
                }
              />
            </span>
            <span className="tabular shrink-0 text-12 text-text-muted">
              {own?.match === 'number' ? (
                <mark className={markLook}>#{ticket.number}</mark>
              ) : (
                `#${ticket.number}`
              )}
            </span>
            {entries.length > 0 ? null : (
              <Moment at={head.at} say={momentText} className="tabular shrink-0 text-12 text-text-muted" />
            )}
          </span>
          <span className="flex min-w-0 items-center gap-2 text-text-muted">
            <StatusGlyph status={ticket.status} isNamed />
            <bdi className="min-w-0 flex-1 truncate text-start">
              <Marked snippet={subject} />
            </bdi>
            {own?.match === 'tag' ? (
              <span className="min-w-0 max-w-[40%] shrink-0 truncate rounded-full border border-line-strong px-1.5 text-12">
                <Marked snippet={own.snippet} />
              </span>
            ) : null}
          </span>
        </HitLink>
        {shown.length === 0 ? null : (
          <ul>
            {shown.map((hit) => (
              <li key={`${hit.conversationId} ${hit.seq}`}>
                <HitLink hit={hit} href={hrefOf(hit)} isStop isCurrent={false} onOpen={onOpen}>
                  <span className="flex items-start gap-2">
                    {hit.match === 'note' ? (
                      <StickyNote
                        className={`${kindLook} text-note-text`}
                        strokeWidth={1.75}
                        aria-hidden="true"
                      />
                    ) : (
                      <MessageSquare
                        className={`${kindLook} text-text-faint`}
                        strokeWidth={1.75}
                        aria-hidden="true"
                      />
                    )}
                    <span className="sr-only">{matchNames[hit.match]}: </span>
                    <span dir="auto" className="wrap-anywhere line-clamp-2 min-w-0 flex-1 text-start">
                      <Marked snippet={hit.snippet} />
                    </span>
                    <Moment
                      at={hit.at}
                      say={momentText}
                      className="tabular shrink-0 text-12 text-text-muted"
                    />
                  </span>
                </HitLink>
              </li>
            ))}
          </ul>
        )}
        {hidden <= 0 ? null : (
          <button
            type="button"
            onClick={() => setIsWhole(true)}
            className="ms-9 h-7 rounded-tail px-1 text-12 text-text-muted underline-offset-2 hover:text-text hover:underline max-tablet:h-11"
          >
            {hidden} more in this ticket
          </button>
        )}
      </div>
    </li>
  );
}

const kindLook = 'mt-0.5 size-4 shrink-0';
const markLook = 'rounded-[3px] bg-accent-bg font-medium text-accent-ink';

function HitLink({
  hit,
  href,
  isStop,
  isCurrent,
  onOpen,
  children,
}: {
  hit: SearchHit;
  href: string;
  /** Arrows stop here. */
  isStop: boolean;
  isCurrent: boolean;
  onOpen(hit: SearchHit): void;
  children: ReactNode;
}) {
  function onClick(event: MouseEvent) {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    onOpen(hit);
  }
  return (
    <a
      href={href}
      onClick={onClick}
      data-search-hit={isStop ? '' : undefined}
      aria-current={isCurrent ? 'true' : undefined}
      className="block rounded-control px-3 py-1.5 text-inherit no-underline transition-colors duration-120 hover:bg-bg-hover focus-visible:bg-bg-hover focus-visible:-outline-offset-2 max-tablet:min-h-11"
    >
      {children}
    </a>
  );
}

function Marked({ snippet }: { snippet: SearchHit['snippet'] }) {
  let at = 0;
  return markedParts(snippet).map((part) => {
    const key = at;
    at += part.text.length;
    return part.isMark ? (
      <mark key={key} className={markLook}>
        {part.text}
      </mark>
    ) : (
      <span key={key}>{part.text}</span>
    );
  });
}

function Hints({
  text,
  tags,
  agents,
  onFill,
}: Pick<SearchPaneProps, 'tags' | 'agents'> & { text: string; onFill(text: string): void }) {
  const [tag] = tags;
  const [agent] = agents;
  return (
    <div className="px-5 py-4">
      <p className="font-medium text-14">What are you looking for?</p>
      <p className="mt-1 text-text-muted">
        Words in messages, notes and subjects, a name, an e-mail address, an order number. Newest first; small
        slips are forgiven.
      </p>
      <ul className="mt-3 -mx-2 flex flex-col">
        {hints.map(({ typed, says }) => {
          const example =
            typed === 'tag:' && tag !== undefined
              ? `tag:${quotedWhereNeeded(tag.name)}`
              : typed === 'assignee:me' && agent === undefined
                ? 'assignee:none'
                : typed;
          return (
            <li key={typed}>
              <button
                type="button"
                onClick={() =>
                  onFill(`${text.trim()} ${example}${example.endsWith(':') ? '' : ' '}`.trimStart())
                }
                className="flex min-h-9 w-full items-center gap-3 rounded-control px-2 py-1 text-start hover:bg-bg-hover max-tablet:min-h-11"
              >
                <span className="w-32 shrink-0 truncate font-mono text-12" dir="ltr">
                  {example}
                </span>
                <span className="min-w-0 flex-1 text-text-muted">{says}</span>
              </button>
            </li>
          );
        })}
      </ul>
      <p className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1 text-12 text-text-muted max-tablet:hidden">
        <span className="inline-flex items-center gap-1.5">
          <Kbd keys="ArrowDown" />
          <Kbd keys="ArrowUp" /> move
        </span>
        <span className="inline-flex items-center gap-1.5">
          <Kbd keys="Enter" /> open
        </span>
        <span className="inline-flex items-center gap-1.5">
          <Kbd keys="Escape" /> back
        </span>
      </p>
    </div>
  );
}

function quotedWhereNeeded(name: string): string {
  return /[\s"]/u.test(name) ? `"${name.replaceAll('"', ' ')}"` : name;
}

function NothingFound({
  text,
  isWordless,
  onFill,
}: {
  text: string;
  isWordless: boolean;
  onFill(text: string): void;
}) {
  const chips = parseSearch(text, 'UTC', 0).chips;
  const bare = chips.reduceRight((rest, chip) => withoutChip(rest, chip), text);
  return (
    <EmptyState
      icon={<SearchX aria-hidden="true" strokeWidth={1.75} />}
      title="Nothing found"
      actions={
        chips.length === 0 || bare === '' ? null : (
          <Button onClick={() => onFill(bare)}>Search without filters</Button>
        )
      }
    >
      {isWordless ? (
        noteText({ kind: 'nothing_to_find', word: null })
      ) : chips.length > 0 ? (
        `Fewer filters find more: ${filterNames.filter((name) => chips.some((chip) => chip.name === name)).join(', ')}.`
      ) : (
        <>Try fewer or other words, a part of the customer’s name, or the ticket’s number.</>
      )}
    </EmptyState>
  );
}

function Ending({
  hasMore,
  isLoading,
  searchedTo,
  onMore,
}: {
  hasMore: boolean;
  isLoading: boolean;
  searchedTo: string | null;
  onMore(): void;
}) {
  const mark = useRef<HTMLDivElement>(null);
  const more = useRef(onMore);
  const { now, zone } = useClock();
  useEffect(() => {
    more.current = onMore;
  });
  useEffect(() => {
    if (mark.current === null || !hasMore || isLoading) return;
    const observer = new IntersectionObserver(
      (seen) => {
        if (seen.some((entry) => entry.isIntersecting)) more.current();
      },
      { root: mark.current.closest('[data-list-scroll]'), rootMargin: '400px 0px' },
    );
    observer.observe(mark.current);
    return () => observer.disconnect();
  }, [hasMore, isLoading]);
  return (
    <div ref={mark} className="flex h-12 items-center justify-center px-5 text-12 text-text-muted">
      {!hasMore
        ? 'That is all there is.'
        : searchedTo === null
          ? 'Loading more…'
          : `Looking further back than ${dateText(searchedTo, now, 'long', zone)}…`}
    </div>
  );
}

function ResultSkeleton({ searchedTo }: { searchedTo: string | null }) {
  const { now, zone } = useClock();
  return (
    <div className="flex flex-col py-1.5">
      {searchedTo === null ? null : (
        <p className="px-5 pt-2 text-12 text-text-muted">
          Nothing yet back to {dateText(searchedTo, now, 'long', zone)}. Looking further…
        </p>
      )}
      <div aria-hidden="true">
        {[62, 48, 74, 55, 68].map((width) => (
          <div key={width} className="flex flex-col gap-2 px-5 py-2.5">
            <SkeletonLine width={`${width / 2}%`} />
            <SkeletonLine width={`${width}%`} />
            <SkeletonLine width="88%" />
          </div>
        ))}
      </div>
    </div>
  );
}

/** True once `isNow` has been so for a while: what is over at once need not be shown. */
function useLater(isNow: boolean, ms: number): boolean {
  const [isLater, setIsLater] = useState(false);
  useEffect(() => {
    if (!isNow) {
      setIsLater(false);
      return;
    }
    const timer = setTimeout(() => setIsLater(true), ms);
    return () => clearTimeout(timer);
  }, [isNow, ms]);
  return isLater;
}
