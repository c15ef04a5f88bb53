import { type InlineNode, isEmojiOnly, readMessage } from '#/components/conversation/message-tree.ts';

/**
 * What a person wrote: line breaks kept, direction from its own letters, addresses made links, code between backticks
 * set as code, a few pictures alone made large, and nothing else.
 */
export function MessageText({ text }: { text: string }) {
  const size = isEmojiOnly(text) ? 'text-[2.25em] leading-tight' : '';
  return readMessage(text).map((node, index) =>
    node.kind === 'code' ? (
      <pre
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move.
        key={index}
        dir="ltr"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, by keyboard, too.
        tabIndex={0}
        className="my-1 overflow-x-auto rounded-control bg-current/10 px-2.5 py-2 font-mono text-[0.87em] leading-normal whitespace-pre first:mt-0 last:mb-0"
      >
        <code>{node.text}</code>
      </pre>
    ) : (
      <p
        // biome-ignore lint/suspicious/noArrayIndexKey: as above.
        key={index}
        dir="auto"
        className={`whitespace-pre-wrap wrap-anywhere overflow-clip ${size}`}
      >
        {node.parts.map(drawInline)}
      </p>
    ),
  );
}

function drawInline(part: InlineNode, index: number) {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'code':
      return (
        <code key={index} dir="ltr" className="rounded-tail bg-current/10 px-1 py-0.5 font-mono text-[0.9em]">
          {part.text}
        </code>
      );
    case 'link':
      return (
        <a
          key={index}
          href={part.href}
          target="_blank"
          rel="noopener nofollow ugc"
          className="underline decoration-current/40 underline-offset-2 hover:decoration-current"
        >
          {part.text}
        </a>
      );
  }
}
