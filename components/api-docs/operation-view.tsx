import type { ReactNode } from 'react';
import { curlOf } from '#/components/api-docs/curl.ts';
import { FieldTable } from '#/components/api-docs/field-table.tsx';
import { type FieldRow, fieldGroupsOf, typeWords } from '#/components/api-docs/fields.ts';
import { CodeBlock, Prose, Words } from '#/components/api-docs/prose.tsx';
import type {
  ApiCall,
  ApiList,
  ApiMethod,
  ApiOperation,
  JsonSchema,
  NamedOperation,
} from '#/lib/api/schema.ts';

/** One operation: what it is for, what it takes, an example, and what it answers. */
export function OperationView({ path, method, operation }: NamedOperation) {
  const { operationId, summary, description, responses } = operation;
  const body = operation.requestBody?.content['application/json']?.schema;
  // Beside the 201 of what was made stands the 200 of a repeat.
  const status = ['201', '200', '204'].find((each) => responses[each] !== undefined) ?? '';
  const answer = responses[status]?.content?.['application/json']?.schema;
  const refusals = Object.keys(responses).filter((each) => Number(each) >= 400);
  return (
    <article
      id={operationId}
      aria-label={summary}
      className="flex min-w-0 scroll-mt-4 flex-col gap-4 border-line border-t pt-6"
    >
      <header className="flex min-w-0 flex-col gap-1">
        <h3 className="font-semibold text-16">
          <a href={`#${operationId}`} className="text-text no-underline hover:underline">
            {summary}
          </a>
        </h3>
        <p dir="ltr" className="flex min-w-0 flex-wrap items-baseline gap-2 font-mono text-13">
          <MethodWord method={method} />
          <span className="wrap-anywhere">{path}</span>
        </p>
        <p className="text-text-muted">
          <Words text={accessWords(operation)} />
        </p>
      </header>
      {description === undefined ? null : <Prose text={description} />}
      <Parameters operation={operation} />
      {body === undefined ? null : <Shape title="Body" schema={body} isAnswer={false} />}
      {operation['x-examples'].map((call) => (
        <Example key={call.name} method={method} call={call} isOpen={isOpen(operation)} />
      ))}
      <p>
        Answers <strong className="font-medium">{status}</strong>
        {answer === undefined ? ', and no body' : <AnswerWords schema={answer} />}; or{' '}
        <a href="#problems" className="text-accent-ink underline underline-offset-2">
          a problem
        </a>
        : {refusals.join(', ')}.
      </p>
      {answer === undefined || answer.$ref !== undefined ? null : (
        <Shape title="Answer" schema={answer} isAnswer />
      )}
    </article>
  );
}

const methodLooks: Record<ApiMethod, string> = {
  get: 'text-accent-ink',
  post: 'text-good',
  put: 'text-warn',
  patch: 'text-warn',
  delete: 'text-bad',
};

export function MethodWord({ method }: { method: ApiMethod }) {
  return (
    <span className={`shrink-0 font-medium font-mono ${methodLooks[method]}`}>{method.toUpperCase()}</span>
  );
}

function isOpen({ security }: ApiOperation): boolean {
  return security.every((requirement) => Object.keys(requirement).length === 0);
}

/** Who may ask, in words. */
function accessWords({ security }: ApiOperation): string {
  const words = security.map((requirement) => {
    const [kind, scopes] = Object.entries(requirement)[0] ?? [];
    if (kind === undefined) return 'anybody';
    if (kind === 'customer') return 'a customer’s session';
    const [scope] = scopes ?? [];
    return scope === undefined ? 'any key' : `a key with \`${scope}\``;
  });
  return `For ${words.join(', or ')}.`;
}

function Parameters({ operation: { parameters, 'x-list': list } }: { operation: ApiOperation }) {
  if (parameters.length === 0) return null;
  const rows = parameters.map(
    ({ name, required, description, schema }): FieldRow => ({
      name,
      type: typeWords(schema),
      references: [],
      isRequired: required,
      says: [...(description === undefined ? [] : [description]), ...listLines(name, list)],
    }),
  );
  return (
    <Block title="Parameters">
      <FieldTable rows={rows} isAnswer={false} />
    </Block>
  );
}

/** What a list takes in this parameter, a line for all fields that take the same. */
function listLines(name: string, list: ApiList | undefined): string[] {
  const named = (fields: readonly string[]) => fields.map((field) => `\`${field}\``).join(', ');
  if (name === 'order' || name === 'include') return list === undefined ? [] : [named(list[name])];
  if (name !== 'where') return [];
  const fieldsOf = Map.groupBy(Object.entries(list?.where ?? {}), ([, operators]) => operators.join(', '));
  return [...fieldsOf].map(([operators, fields]) => `${named(fields.map(([field]) => field))}: ${operators}`);
}

function AnswerWords({ schema }: { schema: JsonSchema }) {
  if (schema.$ref === undefined) return null;
  const name = typeWords(schema);
  return (
    <>
      {' with '}
      <a href={`#${name}`} className="text-accent-ink underline underline-offset-2">
        {name}
      </a>
    </>
  );
}

function Shape({ title, schema, isAnswer }: { title: string; schema: JsonSchema; isAnswer: boolean }) {
  const groups = fieldGroupsOf(schema);
  return (
    <Block title={groups.length > 1 ? `${title}, one of ${groups.length}` : title}>
      {groups.map((rows, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: shapes have no names, and never change places.
        <FieldTable key={index} rows={rows} isAnswer={isAnswer} />
      ))}
    </Block>
  );
}

function Example({ method, call, isOpen }: { method: ApiMethod; call: ApiCall; isOpen: boolean }) {
  return (
    <Block title={call.name}>
      <CodeBlock label={`Request: ${call.name}`}>{curlOf(method, call, isOpen)}</CodeBlock>
      {call.answer === undefined ? null : (
        <CodeBlock label={`Answer: ${call.name}`}>{JSON.stringify(call.answer, null, 2)}</CodeBlock>
      )}
    </Block>
  );
}

function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <h4 className="font-medium text-text-muted">{title}</h4>
      {children}
    </div>
  );
}
