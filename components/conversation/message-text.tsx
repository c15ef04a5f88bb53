import { findLinks } from '#/components/conversation/links.ts';

/** What a person wrote, as text: line breaks kept, direction from its own letters, addresses made links, nothing else. */
export function MessageText({ text }: { text: string }) {
  return (
    <p dir="auto" className="whitespace-pre-wrap wrap-anywhere overflow-clip">
      {findLinks(text).map((part, index) =>
        part.kind === 'text' ? (
          part.text
        ) : (
          <a
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move.
            key={index}
            href={part.href}
            target="_blank"
            rel="noopener nofollow ugc"
            className="underline decoration-current/40 underline-offset-2 hover:decoration-current"
          >
            {part.text}
          </a>
        ),
      )}
    </p>
  );
}
