import type { ReactNode } from 'react';

/** What a place says when there is nothing in it, and what to do next. */
export function EmptyState({
  icon,
  title,
  children,
  actions,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-1 px-8 py-12 text-center">
      {icon === undefined ? null : (
        <div className="mb-3 flex size-10 items-center justify-center rounded-full border border-line bg-bg-raised text-text-muted [&_svg]:size-5">
          {icon}
        </div>
      )}
      <p className="text-balance font-medium text-14 text-text">{title}</p>
      {children === undefined ? null : (
        <div className="max-w-72 text-balance text-text-muted text-13">{children}</div>
      )}
      {actions === undefined ? null : (
        <div className="mt-4 flex flex-wrap justify-center gap-2">{actions}</div>
      )}
    </div>
  );
}
