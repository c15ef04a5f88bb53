'use client';

import { Plus } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { FormProblem } from '#/components/entry/form-problem.tsx';
import { ChoiceButtons } from '#/components/settings/choice-buttons.tsx';
import { PreChatRow } from '#/components/settings/pre-chat-row.tsx';
import { nameOfField, newField } from '#/components/settings/pre-chat-words.ts';
import { SaveBar } from '#/components/settings/save-bar.tsx';
import { SettingsBlock } from '#/components/settings/settings-shell.tsx';
import { useOrder } from '#/components/settings/use-order.ts';
import { useLeaveGuard, useSave } from '#/components/settings/use-save.ts';
import { Button } from '#/components/ui/button.tsx';
import { CheckField, RadioField } from '#/components/ui/field.tsx';
import { Menu, MenuAct } from '#/components/ui/menu.tsx';
import { showToast } from '#/components/ui/toast.tsx';
import type { CustomField } from '#/lib/custom-fields/schema.ts';
import type { Result } from '#/lib/errors.ts';
import {
  type AskedOf,
  fieldIdOf,
  type PreChat,
  type PreChatField,
  preChatFieldsMax,
  type SavePreChatInput,
} from '#/lib/pre-chat/schema.ts';

export type PreChatSettingsProps = {
  widgetId: string;
  preChat: PreChat;
  asksRating: boolean;
  customFields: readonly CustomField[];
  departments: readonly { id: string; name: string }[];
  /** When the department that new tickets go to is open, in words, and where to change it. */
  hours: { text: string; href: string };
  save(input: SavePreChatInput): Promise<Result<unknown>>;
  onSaved(): void;
  /** The form as visitors see it, of what is chosen and not saved yet. */
  preview(preChat: PreChat, theme: 'light' | 'dark'): ReactNode;
};

const audiences = [
  { value: 'nobody', label: 'Nobody', hint: 'Visitors write at once. Most do when nothing is asked.' },
  { value: 'newcomers', label: 'Newcomers', hint: 'Whoever writes here for the first time.' },
  { value: 'everybody', label: 'Everybody', hint: 'Before each new conversation.' },
] as const satisfies readonly { value: AskedOf; label: string; hint: string }[];

/** What one site's chat asks before a conversation and after it. */
export function PreChatSettings(props: PreChatSettingsProps) {
  const { widgetId, customFields, departments, hours } = props;
  const [askedOf, setAskedOf] = useState<AskedOf>(props.preChat.askedOf);
  const [fields, setFields] = useState<readonly PreChatField[]>(props.preChat.fields);
  const [asksRating, setAsksRating] = useState(props.asksRating);
  const [theme, setTheme] = useState<'light' | 'dark'>('light');
  const preChat: PreChat = { askedOf, fields: [...fields] };
  const wanted: SavePreChatInput = { widgetId, preChat, asksRating };
  const [saved, setSaved] = useState(() => JSON.stringify(wanted));
  const isDirty = JSON.stringify(wanted) !== saved;
  useLeaveGuard(isDirty);
  const { failure, isBusy, save } = useSave(
    () => props.save(wanted),
    () => {
      setSaved(JSON.stringify(wanted));
      showToast('Saved. Visitors who open the chat from now on see it.');
      props.onSaved();
    },
  );
  const order = useOrder(fields, setFields);
  const nameOf = (field: PreChatField) => nameOfField(field, customFields);
  const asked = new Set(fields.map(fieldIdOf));
  const offered = newField(customFields, departments).filter((field) => !asked.has(fieldIdOf(field)));

  return (
    <form
      noValidate
      className="flex flex-col gap-8"
      onSubmit={(event) => {
        event.preventDefault();
        void save(event.currentTarget);
      }}
    >
      <SettingsBlock
        title="Before the first message"
        lead="A short form in front of the conversation. The answers stand on the customer and the ticket."
      >
        <RadioField
          label="Who is asked"
          name="askedOf"
          value={askedOf}
          choices={audiences}
          onChange={(next) => setAskedOf(next)}
        />
        <div className="mt-3 grid items-start gap-6 wide:grid-cols-[1fr_440px]">
          <section aria-label="Fields" className="flex min-w-0 flex-col gap-3">
            {fields.length === 0 ? (
              <p className="rounded-card border border-line border-dashed px-4 py-6 text-center text-text-muted">
                Nothing is asked yet. Begin with the e-mail address: it is what helps you most.
              </p>
            ) : (
              <ol ref={order.list} className="overflow-hidden rounded-card border border-line bg-bg-raised">
                {fields.map((field, index) => (
                  <PreChatRow
                    key={fieldIdOf(field)}
                    field={field}
                    name={nameOf(field)}
                    departments={departments}
                    failure={failure}
                    path={`preChat.fields.${index}`}
                    isFirst={index === 0}
                    isLast={index === fields.length - 1}
                    isDragged={order.dragged === index}
                    handle={order.handle(index)}
                    onMove={(by) => order.move(index, index + by)}
                    onChange={(next) => setFields(fields.map((each, at) => (at === index ? next : each)))}
                    onRemove={() => setFields(fields.filter((_, at) => at !== index))}
                  />
                ))}
              </ol>
            )}
            <p role="status" className="sr-only">
              {order.said === null
                ? ''
                : `${nameOf(order.said.item)} is at place ${order.said.place} of ${fields.length}`}
            </p>
            <div>
              <Menu
                trigger={
                  <Button disabled={offered.length === 0 || fields.length >= preChatFieldsMax}>
                    <Plus className="size-4" aria-hidden="true" />
                    Add a field
                  </Button>
                }
              >
                {offered.map((field) => (
                  <MenuAct key={fieldIdOf(field)} onChoose={() => setFields([...fields, field])}>
                    {nameOf(field)}
                  </MenuAct>
                ))}
              </Menu>
            </div>
          </section>
          <section aria-label="Preview" className="flex min-w-0 flex-col gap-2">
            <ChoiceButtons
              label="Visitor’s device"
              value={theme}
              choices={[
                { value: 'light', label: 'Light' },
                { value: 'dark', label: 'Dark' },
              ]}
              onChange={(next) => setTheme(next)}
            />
            {props.preview(preChat, theme)}
          </section>
        </div>
      </SettingsBlock>
      <SettingsBlock title="After it is resolved" lead="In the conversation itself; nobody is sent anything.">
        <CheckField
          label="Ask how it went"
          hint="One tap from terrible to great, a comment if they like. You find it in the ticket’s conversation and timeline."
          isChecked={asksRating}
          onChange={setAsksRating}
        />
      </SettingsBlock>
      <SettingsBlock
        title="While nobody is there"
        lead="The chat says when you are back, takes messages all the same, and asks for an address."
      >
        <p className="rounded-card border border-line bg-bg-raised px-4 py-3">
          <bdi>{hours.text}</bdi>{' '}
          <a
            href={hours.href}
            className="whitespace-nowrap font-medium text-accent-ink underline underline-offset-2"
          >
            Change
          </a>
        </p>
      </SettingsBlock>
      <FormProblem
        failure={failure}
        fields={fields.flatMap((_, index) => partsOf(`preChat.fields.${index}`))}
      />
      <SaveBar isDirty={isDirty} isBusy={isBusy} />
    </form>
  );
}

/** What a row shows a problem beside. */
function partsOf(path: string): string[] {
  return [`${path}.text`, `${path}.link.label`, `${path}.link.url`, `${path}.departmentIds`];
}
