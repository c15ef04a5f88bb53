import { Fragment } from 'react';

/** Plain words with `code` in them; an empty line begins a new paragraph. */
export function Prose({ text }: { text: string }) {
  return text.split(/\n{2,}/).map((paragraph, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the paragraphs of a text never change places.
    <p key={index} className="max-w-[680px] text-pretty">
      <Words text={paragraph} />
    </p>
  ));
}

/** One line of such words. */
export function Words({ text }: { text: string }) {
  return text.split('`').map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: as above.
    <Fragment key={index}>{index % 2 === 0 ? part : <Code>{part}</Code>}</Fragment>
  ));
}

function Code({ children }: { children: string }) {
  return (
    <code dir="ltr" className="rounded-tail bg-bg-sunken px-1 font-mono text-12 wrap-anywhere">
      {children}
    </code>
  );
}

/** Several lines of code, scrolled where they are too long; `label` says to a screen reader what they are. */
export function CodeBlock({ label, children }: { label: string; children: string }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: what scrolls is the text itself, and it is no form's part.
    <pre
      dir="ltr"
      role="group"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
      tabIndex={0}
      className="max-h-[420px] min-w-0 overflow-auto rounded-card border border-line bg-bg-sunken px-4 py-3 font-mono text-12 leading-[18px]"
    >
      <code>{children}</code>
    </pre>
  );
}
