'use client';

import { ExternalLink } from 'lucide-react';
import { useState } from 'react';
import { FormProblem } from '#/components/entry/form-problem.tsx';
import { SettingsBlock } from '#/components/settings/settings-shell.tsx';
import { Button, ButtonLink } from '#/components/ui/button.tsx';
import { CopyButton } from '#/components/ui/copy-button.tsx';
import { fieldProblem } from '#/components/ui/failure-text.ts';
import { TextArea } from '#/components/ui/field.tsx';
import { showToast } from '#/components/ui/toast.tsx';
import type { Failure, Result } from '#/lib/errors.ts';
import { isOrigin } from '#/lib/widgets/rules.ts';

export type WidgetFacts = { id: string; key: string; name: string; allowedOrigins: readonly string[] };

/** Putting the chat on a site: the tag, the key, and the pages that may show it. */
export function WidgetSettings({
  widget,
  snippet,
  isAdmin,
  saveOrigins,
}: {
  widget: WidgetFacts;
  /** The script tag with this server's own address. */
  snippet: string;
  isAdmin: boolean;
  saveOrigins(allowedOrigins: string[]): Promise<Result<unknown>>;
}) {
  const [text, setText] = useState(widget.allowedOrigins.join('\n'));
  const [failure, setFailure] = useState<Failure | null>(null);
  const [lineProblem, setLineProblem] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  async function save(form: HTMLFormElement) {
    const problem = lineProblemIn(text);
    setLineProblem(problem);
    setFailure(null);
    if (problem !== null) {
      const field = form.elements.namedItem('allowedOrigins');
      if (field instanceof HTMLElement) field.focus();
      return;
    }
    setIsBusy(true);
    const result = await saveOrigins(text.split(separator).filter((origin) => origin !== ''));
    setIsBusy(false);
    setFailure(result.ok ? null : result.error);
    if (result.ok) showToast('Saved. It can take half a minute until every page knows.');
  }

  return (
    <>
      <SettingsBlock
        title="Install"
        lead="Put this line on every page that should have the chat, anywhere in the page."
        actions={<CopyButton text={snippet} />}
      >
        <pre className="overflow-x-auto whitespace-pre-wrap rounded-card border border-line bg-bg-sunken px-4 py-3 font-mono text-12 wrap-anywhere">
          <code>{snippet}</code>
        </pre>
        <div>
          <ButtonLink href="/demo" target="_blank" rel="noopener">
            <ExternalLink className="size-4" aria-hidden="true" />
            Try it in the demo shop
          </ButtonLink>
        </div>
      </SettingsBlock>
      <SettingsBlock
        title="Key"
        lead="It names this chat. It is public: everybody who sees your page can see it."
      >
        <div className="flex items-center justify-between gap-4 rounded-card border border-line bg-bg-raised py-2 pr-2 pl-4">
          <code className="min-w-0 truncate font-mono text-13">{widget.key}</code>
          <CopyButton text={widget.key} />
        </div>
      </SettingsBlock>
      <SettingsBlock title="Allowed sites" lead="Only pages of these sites can show the chat.">
        <form
          noValidate
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            if (!isBusy) void save(event.currentTarget);
          }}
        >
          <TextArea
            label="Origins, one per line"
            name="allowedOrigins"
            rows={4}
            placeholder="https://shop.example"
            hint="With https:// and without a path, exactly as the address bar shows it."
            value={text}
            onChange={setText}
            problem={lineProblem ?? fieldProblem(failure, 'allowedOrigins')}
          />
          <FormProblem failure={failure} fields={['allowedOrigins']} />
          {isAdmin ? (
            <div>
              <Button type="submit" tone="primary" isBusy={isBusy}>
                Save
              </Button>
            </div>
          ) : (
            <p className="text-text-muted">Only admins can change this.</p>
          )}
        </form>
      </SettingsBlock>
    </>
  );
}

const separator = /[\s,]+/;

/** What is wrong with the first line that is no origin, and what to write instead; null when every line is one. */
function lineProblemIn(text: string): string | null {
  for (const [index, line] of text.split('\n').entries()) {
    const wrong = line.split(separator).find((origin) => origin !== '' && !isOrigin(origin));
    if (wrong === undefined) continue;
    const meant = originMeant(wrong);
    return meant === null
      ? `Line ${index + 1}: “${wrong}” is not a site’s address. Write it like https://shop.example.`
      : `Line ${index + 1}: write ${meant} instead of ${wrong}.`;
  }
  return null;
}

/** The origin of a whole address, or of a bare host name; null where neither can be read. */
function originMeant(text: string): string | null {
  const address = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(address)) return null;
  const { origin, hostname } = new URL(address);
  return hostname.includes('.') || hostname === 'localhost' ? origin : null;
}
