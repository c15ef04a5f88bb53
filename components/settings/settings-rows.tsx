import type { ReactNode } from 'react';

/** A calm table: one line each, its facts behind one another. */
export function Rows({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul
      aria-label={label}
      className="overflow-hidden rounded-card border border-line bg-bg-raised [&>li:last-child]:border-b-0"
    >
      {children}
    </ul>
  );
}

/** The whole row follows it; what stands beside it lies above. */
const linkLook =
  'row-link flex min-w-0 text-text no-underline after:absolute after:inset-0 after:rounded-card focus-visible:outline-none focus-visible:after:-outline-offset-2 focus-visible:after:outline-2 focus-visible:after:outline-accent-ink';

/** What a row is about, a quiet line under it, facts beside it and its menu at the end. */
export function Row({
  face,
  title,
  badges,
  detail,
  facts,
  menu,
  href,
  onOpen,
}: {
  face?: ReactNode;
  title: ReactNode;
  badges?: ReactNode;
  detail?: ReactNode;
  facts?: ReactNode;
  menu?: ReactNode;
  /** Where the title leads, or what it opens here. */
  href?: string;
  onOpen?: () => void;
}) {
  const name = <bdi className="truncate font-medium">{title}</bdi>;
  return (
    <li className="relative flex min-h-14 items-center gap-3 border-line border-b py-2 pe-2 ps-4 has-[.row-link:hover]:bg-bg-hover">
      {face}
      <span className="min-w-0 flex-1">
        <span className="flex min-w-0 items-center gap-2">
          {onOpen !== undefined ? (
            <button type="button" onClick={onOpen} className={`${linkLook} text-start`}>
              {name}
            </button>
          ) : href === undefined ? (
            name
          ) : (
            <a href={href} className={linkLook}>
              {name}
            </a>
          )}
          {badges}
        </span>
        {detail === undefined || detail === null ? null : (
          <span className="block truncate text-text-muted">{detail}</span>
        )}
      </span>
      {facts}
      {menu === undefined || menu === null ? (
        <span className="w-2 shrink-0" />
      ) : (
        <span className="relative flex shrink-0">{menu}</span>
      )}
    </li>
  );
}

/** A fact of a row, in a column of its own where there is room. */
export function Fact({ children, width = 'w-28' }: { children: ReactNode; width?: string }) {
  return (
    <span className={`tabular shrink-0 truncate text-text-muted max-tablet:hidden ${width}`}>{children}</span>
  );
}

/** A word or two about a row that one sees at once. */
export function Badge({
  tone = 'plain',
  children,
}: {
  tone?: 'plain' | 'good' | 'warn' | 'bad';
  children: ReactNode;
}) {
  const look = {
    plain: 'bg-bg-sunken text-text-muted',
    good: 'bg-good-bg text-good',
    warn: 'bg-warn-bg text-warn',
    bad: 'bg-bad-bg text-bad',
  }[tone];
  return <span className={`shrink-0 whitespace-nowrap rounded-full px-2 text-12 ${look}`}>{children}</span>;
}

/** What there is to know of one thing, under what a card says of it first. */
export function DetailLines({ children }: { children: ReactNode }) {
  return <dl className="border-line border-t px-4 py-2">{children}</dl>;
}

export function DetailLine({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[96px_minmax(0,1fr)] gap-3 py-1 max-tablet:grid-cols-1 max-tablet:gap-0">
      <dt className="text-text-muted">{name}</dt>
      <dd className="wrap-anywhere">{children}</dd>
    </div>
  );
}

/** What somebody who is no admin is told where only admins may act. */
export function AdminsOnly({ children }: { children: ReactNode }) {
  return (
    <p className="rounded-card border border-line bg-bg-sunken px-4 py-3 text-pretty text-text-muted">
      {children}
    </p>
  );
}
