'use client';

import { ClipboardList, ExternalLink, Languages } from 'lucide-react';
import { useState } from 'react';
import { FormProblem } from '#/components/entry/form-problem.tsx';
import { ChoiceButtons } from '#/components/settings/choice-buttons.tsx';
import { InstalledCheck } from '#/components/settings/installed-check.tsx';
import { LookFields } from '#/components/settings/look-fields.tsx';
import { lineProblemIn, originsOf } from '#/components/settings/origin-lines.ts';
import { SaveBar } from '#/components/settings/save-bar.tsx';
import { SettingsBlock } from '#/components/settings/settings-shell.tsx';
import { useLeaveGuard, useSave } from '#/components/settings/use-save.ts';
import { WidgetPreview } from '#/components/settings/widget-preview.tsx';
import { ButtonLink } from '#/components/ui/button.tsx';
import { CopyButton } from '#/components/ui/copy-button.tsx';
import { fieldProblem } from '#/components/ui/failure-text.ts';
import { ChoiceField, TextArea, TextField } from '#/components/ui/field.tsx';
import { showToast } from '#/components/ui/toast.tsx';
import type { Result } from '#/lib/errors.ts';
import type { SavedLook } from '#/lib/widgets/rules.ts';
import type { SaveWidgetInput, WidgetSighting } from '#/lib/widgets/schema.ts';

export type WidgetFacts = {
  id: string;
  key: string;
  name: string;
  allowedOrigins: readonly string[];
  departmentId: string | null;
  look: SavedLook;
};

/** One site's chat: the line to put on it, where it may appear, how it looks, and where its tickets go. */
export function WidgetSettings({
  widget,
  workspaceName,
  departments,
  sightings,
  snippet,
  save: saveWidget,
  fetchSightings,
  onSaved,
}: {
  widget: WidgetFacts;
  workspaceName: string;
  departments: readonly { id: string; name: string }[];
  sightings: readonly WidgetSighting[];
  /** The script tag with this server's own address. */
  snippet: string;
  save(input: SaveWidgetInput): Promise<Result<unknown>>;
  fetchSightings(): Promise<Result<readonly WidgetSighting[]>>;
  onSaved(): void;
}) {
  const [name, setName] = useState(widget.name);
  const [origins, setOrigins] = useState(widget.allowedOrigins.join('\n'));
  const [departmentId, setDepartmentId] = useState(widget.departmentId ?? '');
  const [look, setLook] = useState(widget.look);
  const [lineProblem, setLineProblem] = useState<string | null>(null);
  const [isOpen, setIsOpen] = useState(true);
  const [theme, setTheme] = useState<'light' | 'dark'>('light');

  const wanted: SaveWidgetInput = {
    widgetId: widget.id,
    name,
    allowedOrigins: originsOf(origins),
    departmentId: departmentId === '' ? null : departmentId,
    look,
  };
  const [saved, setSaved] = useState(() => JSON.stringify(wanted));
  const isDirty = JSON.stringify(wanted) !== saved;
  useLeaveGuard(isDirty);
  const { failure, isBusy, save } = useSave(
    () => saveWidget(wanted),
    () => {
      setSaved(JSON.stringify(wanted));
      showToast('Saved. It can take half a minute until every page knows.');
      onSaved();
    },
  );

  function submit(form: HTMLFormElement) {
    const problem = lineProblemIn(origins);
    setLineProblem(problem);
    if (problem === null) {
      void save(form);
      return;
    }
    const field = form.elements.namedItem('allowedOrigins');
    if (field instanceof HTMLElement) field.focus();
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
        <InstalledCheck
          sightings={sightings}
          fetchSightings={fetchSightings}
          onAllow={(origin) => {
            setOrigins((text) => (text.trim() === '' ? origin : `${text.trimEnd()}\n${origin}`));
            showToast(`${origin} is in the list below. Save to allow it.`);
          }}
        />
        <div>
          <ButtonLink href={`/demo?widget=${widget.key}`} target="_blank" rel="noopener">
            <ExternalLink className="size-4" aria-hidden="true" />
            Try it in the demo shop
          </ButtonLink>
        </div>
      </SettingsBlock>
      <form
        noValidate
        className="flex flex-col gap-8"
        onSubmit={(event) => {
          event.preventDefault();
          submit(event.currentTarget);
        }}
      >
        <SettingsBlock title="Allowed sites" lead="Only pages of these sites can show the chat.">
          <TextArea
            label="Origins, one per line"
            name="allowedOrigins"
            rows={4}
            placeholder="https://shop.example"
            hint="With https:// and without a path, exactly as the address bar shows it."
            value={origins}
            onChange={setOrigins}
            problem={lineProblem ?? fieldProblem(failure, 'allowedOrigins')}
          />
        </SettingsBlock>
        <SettingsBlock title="Look" lead="As it will be; nothing changes on your site until you save.">
          <div className="grid items-start gap-6 wide:grid-cols-[1fr_440px]">
            <LookFields look={look} failure={failure} onChange={setLook} />
            <section aria-label="Preview" className="flex min-w-0 flex-col gap-2">
              <div className="flex flex-wrap gap-x-4 gap-y-1">
                <ChoiceButtons
                  label="Chat"
                  value={isOpen ? 'open' : 'closed'}
                  choices={[
                    { value: 'open', label: 'Open' },
                    { value: 'closed', label: 'Closed' },
                  ]}
                  onChange={(value) => setIsOpen(value === 'open')}
                />
                <ChoiceButtons
                  label="Visitor’s device"
                  value={theme}
                  choices={[
                    { value: 'light', label: 'Light' },
                    { value: 'dark', label: 'Dark' },
                  ]}
                  onChange={(next) => setTheme(next)}
                />
              </div>
              <WidgetPreview
                config={{ key: widget.key, name: workspaceName, ...look }}
                isOpen={isOpen}
                theme={theme}
              />
            </section>
          </div>
        </SettingsBlock>
        <SettingsBlock
          title="Words"
          lead="In seven languages, chosen by the page. Any of it can be your own."
        >
          <div>
            <ButtonLink href={`/settings/widget/${widget.id}/texts`}>
              <Languages className="size-4" aria-hidden="true" />
              Texts and languages
            </ButtonLink>
          </div>
        </SettingsBlock>
        <SettingsBlock
          title="Around a conversation"
          lead="A form before it, a rating after it, and your hours."
        >
          <div>
            <ButtonLink href={`/settings/widget/${widget.id}/form`}>
              <ClipboardList className="size-4" aria-hidden="true" />
              Form and rating
            </ButtonLink>
          </div>
        </SettingsBlock>
        <SettingsBlock title="Behind it" lead="Customers see none of this.">
          <TextField
            label="Name"
            name="name"
            autoComplete="off"
            hint="To tell your sites apart here."
            value={name}
            onChange={setName}
            problem={fieldProblem(failure, 'name')}
          />
          <ChoiceField
            label="New tickets go to"
            name="departmentId"
            value={departmentId}
            choices={[
              { value: '', label: 'No department' },
              ...departments.map((department) => ({ value: department.id, label: department.name })),
            ]}
            onChange={setDepartmentId}
          />
          <div className="flex items-center justify-between gap-4 rounded-card border border-line bg-bg-raised py-2 pe-2 ps-4">
            <span className="min-w-0">
              <span className="block font-medium">Key</span>
              <code className="block truncate font-mono text-12 text-text-muted">{widget.key}</code>
            </span>
            <CopyButton text={widget.key} />
          </div>
        </SettingsBlock>
        <FormProblem failure={failure} fields={['allowedOrigins', 'name', 'look.accent']} />
        <SaveBar isDirty={isDirty} isBusy={isBusy} />
      </form>
    </>
  );
}
