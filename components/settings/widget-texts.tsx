'use client';

import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { WordsProvider } from '#/components/conversation/words.tsx';
import { FormProblem } from '#/components/entry/form-problem.tsx';
import { SaveBar } from '#/components/settings/save-bar.tsx';
import { SettingsBlock } from '#/components/settings/settings-shell.tsx';
import { useLeaveGuard, useSave } from '#/components/settings/use-save.ts';
import { mainTexts, otherTexts } from '#/components/settings/widget-texts-order.ts';
import { TextsPreview } from '#/components/settings/widget-texts-preview.tsx';
import { fieldProblem } from '#/components/ui/failure-text.ts';
import { ChoiceField, SearchField, TextField } from '#/components/ui/field.tsx';
import { showToast } from '#/components/ui/toast.tsx';
import type { Failure, Result } from '#/lib/errors.ts';
import type { Texts } from '#/lib/texts/catalogue.ts';
import { isLanguage, isRightToLeft, type Language, languageNames, languages } from '#/lib/texts/languages.ts';
import {
  fieldName,
  launcherTextCharsMax,
  type OwnTexts,
  ownTextCharsMax,
  type SaveWidgetTextsInput,
  textField,
} from '#/lib/texts/schema.ts';
import type { SavedLook } from '#/lib/widgets/rules.ts';

export type WidgetTextsProps = {
  widget: { id: string; key: string; look: SavedLook };
  workspaceName: string;
  widgetLanguage: Language;
  own: OwnTexts;
  /** Ours, for every language. */
  catalogues: Record<Language, Texts>;
  save(input: SaveWidgetTextsInput): Promise<Result<unknown>>;
  onSaved(): void;
};

/** What the chat says, in each of its languages: ours, and in the place of any of it the site's own. */
export function WidgetTexts(props: WidgetTextsProps) {
  const { widget, catalogues } = props;
  const [language, setLanguage] = useState<Language>(props.widgetLanguage);
  const [widgetLanguage, setWidgetLanguage] = useState<Language>(props.widgetLanguage);
  const [own, setOwn] = useState(props.own);
  const [saved, setSaved] = useState(() => stateOf(props.widgetLanguage, props.own));
  const isDirty = stateOf(widgetLanguage, own) !== saved;
  useLeaveGuard(isDirty);
  const { failure, isBusy, save } = useSave(
    () => props.save({ widgetId: widget.id, texts: own, widgetLanguage }),
    () => {
      setSaved(stateOf(widgetLanguage, own));
      showToast('Saved. It can take a minute until every page knows.');
      props.onSaved();
    },
  );
  const ofLanguage = own[language] ?? {};
  const say = (key: string, text: string) => setOwn({ ...own, [language]: { ...ofLanguage, [key]: text } });

  return (
    <form
      noValidate
      className="flex flex-col gap-8"
      onSubmit={(event) => {
        event.preventDefault();
        void save(event.currentTarget);
      }}
    >
      <div className="grid items-start gap-6 wide:grid-cols-[1fr_440px]">
        <div className="flex min-w-0 flex-col gap-8">
          <Languages
            language={language}
            widgetLanguage={widgetLanguage}
            own={own}
            onLanguage={setLanguage}
            onWidgetLanguage={setWidgetLanguage}
          />
          <TextFields
            key={language}
            language={language}
            ours={catalogues[language]}
            english={catalogues.en}
            own={ofLanguage}
            failure={failure}
            onText={say}
          />
        </div>
        <WordsProvider language={language} texts={spoken(catalogues[language], ofLanguage)}>
          <TextsPreview config={{ key: widget.key, name: props.workspaceName, ...widget.look }} />
        </WordsProvider>
      </div>
      <FormProblem
        failure={failure}
        fields={Object.keys(catalogues[language]).map((key) => textField(language, key))}
      />
      <SaveBar isDirty={isDirty} isBusy={isBusy} />
    </form>
  );
}

function stateOf(widgetLanguage: Language, own: OwnTexts): string {
  const said = languages.map((language) => Object.entries(spokenOnly(own[language] ?? {})).sort());
  return JSON.stringify([widgetLanguage, said]);
}

function spokenOnly(own: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(own).filter(([, text]) => text.trim() !== ''));
}

function spoken(ours: Texts, own: Record<string, string>): Texts {
  return { ...ours, ...spokenOnly(own) };
}

function Languages({
  language,
  widgetLanguage,
  own,
  onLanguage,
  onWidgetLanguage,
}: {
  language: Language;
  widgetLanguage: Language;
  own: OwnTexts;
  onLanguage(language: Language): void;
  onWidgetLanguage(language: Language): void;
}) {
  const named = languages.map((each) => ({ value: each, label: languageNames[each] }));
  const counted = named.map(({ value, label }) => {
    const count = Object.keys(spokenOnly(own[value] ?? {})).length;
    return { value, label: count === 0 ? label : `${label} · ${count} of your own` };
  });
  return (
    <SettingsBlock
      title="Languages"
      lead="The chat speaks the language of the page it is on, as its <html lang> says."
    >
      <div className="grid gap-4 tablet:grid-cols-2">
        <ChoiceField
          label="Show the texts in"
          name="language"
          value={language}
          choices={counted}
          onChange={(value) => {
            if (isLanguage(value)) onLanguage(value);
          }}
        />
        <ChoiceField
          label="On pages in any other language"
          name="widgetLanguage"
          value={widgetLanguage}
          choices={named}
          onChange={(value) => {
            if (isLanguage(value)) onWidgetLanguage(value);
          }}
        />
      </div>
    </SettingsBlock>
  );
}

type FieldsProps = {
  language: Language;
  ours: Texts;
  english: Texts;
  own: Record<string, string>;
  failure: Failure | null;
  onText(key: string, text: string): void;
};

function TextFields(props: FieldsProps) {
  const [search, setSearch] = useState('');
  const groups = otherTexts(props.ours, props.english, search);
  return (
    <>
      <SettingsBlock title="What people read first" lead="What you leave empty, the chat says in our words.">
        {mainTexts.map(({ key, label, hint }) => (
          <OneText key={key} {...props} textKey={key} label={label} hint={hint} />
        ))}
      </SettingsBlock>
      <SettingsBlock title="Everything else">
        <SearchField label="Find a text" value={search} onChange={setSearch} />
        {groups.length === 0 ? <p className="text-text-muted">No text has these words.</p> : null}
        {groups.length === 0 ? null : (
          <div className="rounded-card border border-line bg-bg-raised">
            {groups.map((group) => (
              <details
                key={group.name}
                open={search !== ''}
                className="group border-line border-b last:border-b-0"
              >
                <summary className="flex min-h-11 cursor-pointer items-center gap-2 rounded-card px-4 py-2 font-medium hover:bg-bg-hover focus-visible:-outline-offset-2">
                  <ChevronRight
                    className="size-4 shrink-0 text-text-muted transition-transform group-open:rotate-90 rtl:-scale-x-100"
                    aria-hidden="true"
                  />
                  {group.name}
                  <span className="ms-auto font-normal text-text-muted tabular-nums">
                    {group.keys.length}
                  </span>
                </summary>
                <div className="flex flex-col gap-4 px-4 pt-2 pb-4">
                  {group.keys.map(({ key, label }) => (
                    <OneText key={key} {...props} textKey={key} label={label} />
                  ))}
                </div>
              </details>
            ))}
          </div>
        )}
      </SettingsBlock>
    </>
  );
}

function OneText({
  textKey,
  label,
  hint,
  language,
  ours,
  own,
  failure,
  onText,
}: FieldsProps & { textKey: string; label: string; hint?: string | undefined }) {
  const texts: Readonly<Record<string, string | undefined>> = ours;
  const our = texts[textKey] ?? '';
  const text = own[textKey] ?? '';
  return (
    <TextField
      label={label}
      name={fieldName(textKey)}
      lang={language}
      dir={isRightToLeft(language) ? 'rtl' : 'ltr'}
      autoComplete="off"
      maxLength={textKey.startsWith('launcher.') ? launcherTextCharsMax : ownTextCharsMax}
      placeholder={our}
      hint={text === '' ? hint : <OurText language={language} text={our} />}
      value={text}
      onChange={(next) => onText(textKey, next)}
      problem={fieldProblem(failure, textField(language, textKey))}
    />
  );
}

function OurText({ language, text }: { language: Language; text: string }) {
  return (
    <>
      Ours:{' '}
      <bdi lang={language} className="wrap-anywhere">
        {text}
      </bdi>
    </>
  );
}
