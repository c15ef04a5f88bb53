import { Users } from 'lucide-react';
import type { Suggestion } from '#/components/inbox/ticket/suggest-popup.tsx';
import type { SavedReplies } from '#/components/inbox/ticket/use-saved-replies.ts';
import { failureText } from '#/components/ui/failure-text.ts';
import { fillVariables, type VariableValues } from '#/lib/saved-replies/rules.ts';
import type { SavedReply } from '#/lib/saved-replies/schema.ts';

/** Saved replies as the popup lists them: title, who they are for, and the shortcut. */
export function replySuggestions(replies: readonly SavedReply[]): Suggestion[] {
  return replies.map((reply) => ({
    id: reply.id,
    label: (
      <span dir="auto" className="min-w-0 flex-1 truncate">
        {reply.title}
      </span>
    ),
    hint: (
      <>
        {reply.ownerId === null ? (
          <Users
            role="img"
            aria-label="for everybody"
            className="size-3.5 shrink-0 text-text-faint"
            strokeWidth={1.75}
          />
        ) : null}
        {reply.shortcut === null ? null : (
          <span className="max-w-28 shrink-0 truncate text-12 text-text-muted">/{reply.shortcut}</span>
        )}
      </>
    ),
  }));
}

/** What a saved reply would put in: known values plain, fallbacks underlined, what is missing in warning colour. */
export function ReplyPreview({ reply, values }: { reply: SavedReply; values: VariableValues }) {
  return (
    <p dir="auto" className="wrap-anywhere whitespace-pre-wrap">
      {fillVariables(reply.text, values).map((part, index) =>
        part.kind === 'text' ? (
          part.text
        ) : (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move.
            key={index}
            className={
              part.source === 'value'
                ? 'text-accent-ink'
                : part.source === 'fallback'
                  ? 'underline decoration-dotted underline-offset-2'
                  : 'rounded-tail bg-warn-bg text-warn'
            }
          >
            {part.text}
          </span>
        ),
      )}
    </p>
  );
}

/** What the popup says in place of replies. */
export function NoReplies({ replies, query }: { replies: SavedReplies; query: string }) {
  if (replies.failure !== null && replies.list === null) {
    return (
      <>
        <p>{failureText(replies.failure)}</p>
        <button
          type="button"
          onMouseDown={(event) => event.preventDefault()}
          onClick={replies.want}
          className="mt-2 font-medium text-text underline underline-offset-2"
        >
          Try again
        </button>
      </>
    );
  }
  if (replies.list === null) return <p>Loading…</p>;
  if (query !== '') return <p>No saved reply has “{query}” in it.</p>;
  return (
    <p>
      Nobody has saved a reply yet.{' '}
      <a href="/settings/saved-replies" className="font-medium text-text underline underline-offset-2">
        Write the first one
      </a>
    </p>
  );
}
