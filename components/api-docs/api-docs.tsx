import type { ReactNode } from 'react';
import { FieldTable } from '#/components/api-docs/field-table.tsx';
import { fieldGroupsOf } from '#/components/api-docs/fields.ts';
import { MethodWord, OperationView } from '#/components/api-docs/operation-view.tsx';
import { Prose } from '#/components/api-docs/prose.tsx';
import { BrandMark } from '#/components/ui/brand.tsx';
import { type ApiDocument, type NamedOperation, operationsOf } from '#/lib/api/schema.ts';

type Chapter = { name: string; description: string; operations: NamedOperation[] };

/** The whole reference on one page: contents at its side, or folded at its top where there is no room. */
export function ApiDocs({ document }: { document: ApiDocument }) {
  const operations = operationsOf(document);
  const chapters = document.tags.map(({ name, description }) => ({
    name,
    description,
    operations: operations.filter(({ operation }) => operation.tags.includes(name)),
  }));
  const records = Object.entries(document.components.schemas);
  const contents = <Contents chapters={chapters} />;
  return (
    <div className="mx-auto flex w-full max-w-[1120px] items-start">
      <nav
        aria-label="Contents"
        className="sticky top-0 flex h-dvh w-[272px] shrink-0 flex-col overflow-y-auto border-line border-e px-4 py-6 max-laptop:hidden"
      >
        {contents}
      </nav>
      <main className="flex min-w-0 flex-1 flex-col gap-10 px-8 py-10 max-tablet:px-4 max-tablet:py-6">
        <Opening document={document} />
        <details className="laptop:hidden rounded-card border border-line bg-bg-raised">
          <summary className="flex min-h-11 cursor-pointer items-center px-4 font-medium">Contents</summary>
          <nav aria-label="Contents" className="px-4 pb-4">
            {contents}
          </nav>
        </details>
        {chapters.map((chapter) => (
          <ChapterView key={chapter.name} chapter={chapter} />
        ))}
        <Section id="records" title="Records">
          {records.map(([name, schema]) => (
            <article key={name} id={name} className="flex min-w-0 scroll-mt-4 flex-col gap-2">
              <h3 className="font-semibold text-14">{name}</h3>
              {schema.description === undefined ? null : <Prose text={schema.description} />}
              {fieldGroupsOf(schema).map((rows, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: shapes have no names, and never change places.
                <FieldTable key={index} rows={rows} isAnswer />
              ))}
            </article>
          ))}
        </Section>
        <Problems problems={document['x-problems']} />
      </main>
    </div>
  );
}

function Opening({ document: { info } }: { document: ApiDocument }) {
  return (
    <header className="flex flex-col gap-3">
      <div className="flex items-center gap-3">
        <BrandMark />
        <h1 className="font-semibold text-20">{info.title} API</h1>
      </div>
      <Prose text={info.description} />
      <p>
        The same for programs:{' '}
        <a href="/api/v1/openapi.json" className="text-accent-ink underline underline-offset-2">
          openapi.json
        </a>
      </p>
    </header>
  );
}

function Contents({ chapters }: { chapters: readonly Chapter[] }) {
  return (
    <ul className="flex flex-col gap-3">
      {chapters.map(({ name, operations }) => (
        <li key={name}>
          <a
            href={`#${name}`}
            className="flex min-h-6 items-center font-medium text-text no-underline hover:underline max-tablet:min-h-11"
          >
            {titleOf(name)}
          </a>
          <ul>
            {operations.map(({ method, operation }) => (
              <li key={operation.operationId}>
                <a
                  href={`#${operation.operationId}`}
                  className="flex min-h-6 items-baseline gap-2 rounded-control py-0.5 text-text-muted no-underline hover:text-text max-tablet:min-h-11 max-tablet:items-center"
                >
                  <span className="w-12 shrink-0 text-12">
                    <MethodWord method={method} />
                  </span>
                  <span className="min-w-0">{operation.summary}</span>
                </a>
              </li>
            ))}
          </ul>
        </li>
      ))}
      {['records', 'problems'].map((name) => (
        <li key={name}>
          <a
            href={`#${name}`}
            className="flex min-h-6 items-center font-medium text-text no-underline hover:underline max-tablet:min-h-11"
          >
            {titleOf(name)}
          </a>
        </li>
      ))}
    </ul>
  );
}

function ChapterView({ chapter: { name, description, operations } }: { chapter: Chapter }) {
  return (
    <Section id={name} title={titleOf(name)} says={description}>
      {operations.map((each) => (
        <OperationView key={each.operation.operationId} {...each} />
      ))}
    </Section>
  );
}

const aboutProblems =
  'Every refusal is `application/problem+json` with one of these codes, which stay the same. A program goes by `code`, a person reads `detail`, and `requestId` finds it in the server’s log.';

function Problems({ problems }: { problems: ApiDocument['x-problems'] }) {
  return (
    <Section id="problems" title="Problems" says={aboutProblems}>
      <dl className="overflow-hidden rounded-card border border-line bg-bg-raised">
        {Object.entries(problems).map(([code, { status, title, detail }]) => (
          <div
            key={code}
            id={code}
            className="grid scroll-mt-4 grid-cols-[minmax(0,1fr)_minmax(0,2fr)] gap-3 border-line border-b px-4 py-2 last:border-b-0 target:bg-accent-bg max-tablet:grid-cols-1 max-tablet:gap-0"
          >
            <dt className="wrap-anywhere">
              <code dir="ltr" className="font-mono text-13">
                {code}
              </code>
              <span className="tabular ps-2 text-text-muted">{status}</span>
            </dt>
            <dd>
              <span className="font-medium">{title}.</span> {detail}
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

type SectionProps = { id: string; title: string; says?: string; children: ReactNode };

function Section({ id, title, says, children }: SectionProps) {
  return (
    <section id={id} aria-label={title} className="flex min-w-0 scroll-mt-4 flex-col gap-6">
      <header className="flex flex-col gap-2">
        <h2 className="font-semibold text-20">{title}</h2>
        {says === undefined ? null : <Prose text={says} />}
      </header>
      {children}
    </section>
  );
}

/** `customer-tokens` as a heading. */
function titleOf(name: string): string {
  const words = name.replaceAll('-', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
