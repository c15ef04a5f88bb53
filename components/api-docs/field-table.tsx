import type { FieldRow } from '#/components/api-docs/fields.ts';
import { Words } from '#/components/api-docs/prose.tsx';

/** Fields with what each may be and what it means. What is answered is there unless it says so. */
export function FieldTable({ rows, isAnswer }: { rows: readonly FieldRow[]; isAnswer: boolean }) {
  return (
    <dl className="overflow-hidden rounded-card border border-line bg-bg-raised">
      {rows.map((row) => (
        <div
          key={row.name}
          className="grid grid-cols-[minmax(0,1fr)_minmax(0,2fr)] gap-3 border-line border-b px-4 py-2 last:border-b-0 max-tablet:grid-cols-1 max-tablet:gap-0"
        >
          <dt className="min-w-0 wrap-anywhere">
            <code dir="ltr" className="font-mono text-13">
              {row.name}
            </code>
            {row.isRequired === isAnswer ? null : (
              <span className="ps-2 text-12 text-text-muted">{isAnswer ? 'sometimes' : 'required'}</span>
            )}
          </dt>
          <dd className="min-w-0 wrap-anywhere">
            <span className="text-text-muted">
              <TypeWords row={row} />
            </span>
            {row.says.map((line) => (
              <span key={line} className="block">
                <Words text={line} />
              </span>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The type, with the names of records as links to them. */
function TypeWords({ row: { type, references } }: { row: FieldRow }) {
  if (references.length === 0) return type;
  const parts = type.split(new RegExp(`\\b(${references.join('|')})\\b`));
  return parts.map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the words of a type never change places.
      <a key={index} href={`#${part}`} className="text-accent-ink underline underline-offset-2">
        {part}
      </a>
    ),
  );
}
