'use client';

import { CircleCheck, CircleX } from 'lucide-react';
import { useState } from 'react';
import { FormProblem } from '#/components/entry/form-problem.tsx';
import { claimWords, problemWords } from '#/components/settings/identity-words.ts';
import { SettingsBlock } from '#/components/settings/settings-shell.tsx';
import { useSave } from '#/components/settings/use-save.ts';
import { Button } from '#/components/ui/button.tsx';
import { TextArea } from '#/components/ui/field.tsx';
import type { Result } from '#/lib/errors.ts';
import type { TokenCheck } from '#/lib/identity/schema.ts';

/** Says why a token is not accepted, and what to change. The token is looked at once and kept nowhere. */
export function IdentityCheck({
  widgetKey,
  checkToken,
}: {
  widgetKey: string;
  checkToken(token: string): Promise<Result<TokenCheck>>;
}) {
  const [token, setToken] = useState('');
  const [check, setCheck] = useState<TokenCheck | null>(null);
  const { failure, isBusy, save } = useSave(() => checkToken(token), setCheck);
  return (
    <SettingsBlock
      title="Identity check"
      lead="Paste a token that your server made, and see what Parley makes of it. It is not stored, not logged and not used up."
    >
      <form
        noValidate
        className="flex flex-col items-start gap-3 [&>*]:w-full"
        onSubmit={(event) => {
          event.preventDefault();
          void save(event.currentTarget);
        }}
      >
        <TextArea
          label="Token"
          name="token"
          rows={4}
          placeholder="eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…"
          value={token}
          onChange={(next) => {
            setToken(next);
            setCheck(null);
          }}
        />
        <FormProblem failure={failure} fields={[]} />
        <div>
          <Button type="submit" tone="primary" isBusy={isBusy}>
            Check
          </Button>
        </div>
      </form>
      <div role="status">{check === null ? null : <Verdict check={check} widgetKey={widgetKey} />}</div>
    </SettingsBlock>
  );
}

function Verdict({ check, widgetKey }: { check: TokenCheck; widgetKey: string }) {
  const { problems, claims, header, secretHint } = check;
  const isAccepted = problems.length === 0;
  return (
    <div className="flex flex-col gap-3">
      <div className="overflow-hidden rounded-card border border-line bg-bg-raised">
        <p className="flex min-h-11 items-center gap-3 px-4 py-2 font-medium">
          {isAccepted ? (
            <CircleCheck className="size-4 shrink-0 text-good" aria-hidden="true" />
          ) : (
            <CircleX className="size-4 shrink-0 text-bad" aria-hidden="true" />
          )}
          {isAccepted
            ? `Accepted: signed with the secret ending in …${secretHint ?? ''}, for ${widgetKey}.`
            : problems.length === 1
              ? 'Not accepted, for one reason.'
              : `Not accepted, for ${problems.length} reasons.`}
        </p>
        {isAccepted ? null : (
          <ul aria-label="Why not">
            {problems.map((problem) => {
              const { wrong, change } = problemWords(problem);
              return (
                <li
                  key={problem.reason + (problem.claim ?? '')}
                  className="border-line border-t px-4 py-2 ps-11"
                >
                  <p className="wrap-anywhere">{wrong}</p>
                  <p className="wrap-anywhere text-text-muted">{change}</p>
                </li>
              );
            })}
          </ul>
        )}
      </div>
      {claims === null ? null : <Said name="What it says" values={claims} />}
      {header === null ? null : <Said name="Its header" values={header} />}
    </div>
  );
}

function Said({ name, values }: { name: string; values: Record<string, unknown> }) {
  const entries = Object.entries(values);
  if (entries.length === 0) return null;
  return (
    <section aria-label={name} className="flex flex-col gap-1">
      <h3 className="font-medium text-text-muted">{name}</h3>
      <dl className="overflow-hidden rounded-card border border-line bg-bg-raised">
        {entries.map(([key, value]) => {
          const meaning = claimWords(key, value);
          return (
            <div
              key={key}
              className="grid grid-cols-[minmax(0,1fr)_minmax(0,3fr)] gap-x-3 border-line border-b px-4 py-2 last:border-b-0 max-tablet:grid-cols-1"
            >
              <dt className="wrap-anywhere font-mono text-13">{key}</dt>
              <dd className="min-w-0">
                <bdi className="block wrap-anywhere font-mono text-13">{JSON.stringify(value)}</bdi>
                {meaning === null ? null : <span className="text-text-muted">{meaning}</span>}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
