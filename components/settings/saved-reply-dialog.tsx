'use client';

import { Braces } from 'lucide-react';
import { useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { FormDialog } from '#/components/settings/form-dialog.tsx';
import { ReplyPreview } from '#/components/settings/reply-preview.tsx';
import { useSave } from '#/components/settings/use-save.ts';
import { Button } from '#/components/ui/button.tsx';
import { Dialog } from '#/components/ui/dialog.tsx';
import { fieldProblem } from '#/components/ui/failure-text.ts';
import { RadioField, TextArea, TextField } from '#/components/ui/field.tsx';
import { Menu, MenuAct, MenuHeading } from '#/components/ui/menu.tsx';
import type { CustomField } from '#/lib/custom-fields/schema.ts';
import type { Result } from '#/lib/errors.ts';
import { openVariables, variableNames } from '#/lib/saved-replies/rules.ts';
import { replyTextCharsMax, type SavedReply, type SaveReplyInput } from '#/lib/saved-replies/schema.ts';

/** Writes a saved reply, with its variables at hand and a look at what two customers would get. */
export function SavedReplyDialog({
  reply,
  id,
  isShared: isSharedNow,
  canShare,
  canChange,
  fields,
  agentName,
  workspaceName,
  saveReply,
  onDone,
  onClose,
}: {
  /** Null for a new one. */
  reply: SavedReply | null;
  id: string;
  isShared: boolean;
  canShare: boolean;
  canChange: boolean;
  fields: readonly CustomField[];
  agentName: string;
  workspaceName: string;
  saveReply(input: SaveReplyInput): Promise<Result<unknown>>;
  onDone(): void;
  onClose(): void;
}) {
  // Asked for once: what is typed belongs to this one.
  const [replyId] = useState(id);
  const [title, setTitle] = useState(reply?.title ?? '');
  const [shortcut, setShortcut] = useState(reply?.shortcut ?? '');
  const [text, setText] = useState(reply?.text ?? '');
  const [isShared, setIsShared] = useState(isSharedNow);
  const place = useRef<HTMLDivElement>(null);
  const { failure, isBusy, save } = useSave(
    () =>
      saveReply({
        id: replyId,
        title,
        shortcut: shortcut.trim() === '' ? null : shortcut,
        text,
        isShared,
      }),
    onDone,
  );
  const isDirty =
    title !== (reply?.title ?? '') ||
    shortcut !== (reply?.shortcut ?? '') ||
    text !== (reply?.text ?? '') ||
    isShared !== isSharedNow;
  const names = variablesOf(fields);
  const unknown = openVariables(text).filter((name) => !names.has(name));

  function insert(name: string) {
    const area = place.current?.querySelector('textarea');
    const at = area?.selectionStart ?? text.length;
    const fallback = name === 'customer.first_name' ? '|there' : '';
    const variable = `{{${name}${fallback}}}`;
    flushSync(() => setText(text.slice(0, at) + variable + text.slice(area?.selectionEnd ?? at)));
    area?.focus();
    area?.setSelectionRange(at + variable.length, at + variable.length);
  }

  const preview = <ReplyPreview text={text} agentName={agentName} workspaceName={workspaceName} />;
  if (!canChange) {
    return (
      <Dialog
        title={title}
        description="Everybody’s. Only admins change it."
        width="wide"
        isOpen
        onOpenChange={(isOpen) => {
          if (!isOpen) onClose();
        }}
      >
        {preview}
      </Dialog>
    );
  }
  return (
    <FormDialog
      title={reply === null ? (isSharedNow ? 'New reply for everybody' : 'New reply') : 'Edit the reply'}
      width="wide"
      verb="Save"
      isDirty={isDirty}
      isBusy={isBusy}
      canSave={isDirty}
      failure={failure}
      fields={['title', 'shortcut', 'text']}
      onSave={(form) => void save(form)}
      onClose={onClose}
    >
      <div className="grid gap-4 tablet:grid-cols-[1fr_200px]">
        <TextField
          label="Title"
          name="title"
          autoComplete="off"
          required
          maxLength={80}
          value={title}
          onChange={setTitle}
          problem={fieldProblem(failure, 'title')}
        />
        <TextField
          label="Shortcut"
          name="shortcut"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder="/refund"
          value={shortcut}
          onChange={setShortcut}
          problem={fieldProblem(failure, 'shortcut')}
        />
      </div>
      <div ref={place} className="flex flex-col gap-2">
        <TextArea
          label="Text"
          name="text"
          rows={7}
          value={text}
          onChange={setText}
          problem={
            text.length > replyTextCharsMax
              ? `${(text.length - replyTextCharsMax).toLocaleString('en')} characters too many.`
              : fieldProblem(failure, 'text')
          }
        />
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Menu
            trigger={
              <Button size="small">
                <Braces className="size-4" aria-hidden="true" />
                Insert a variable
              </Button>
            }
          >
            <MenuHeading>Filled in for each customer</MenuHeading>
            {[...names].map(([name, label]) => (
              <MenuAct key={name} onChoose={() => insert(name)}>
                {label}
              </MenuAct>
            ))}
          </Menu>
          <span className="text-text-muted">
            What follows | stands where nothing is known: {'{{customer.first_name|there}}'}
          </span>
        </div>
        {unknown.length === 0 ? null : (
          <p role="status" className="rounded-control bg-warn-bg px-3 py-2 text-warn">
            {unknown.map((name) => `{{${name}}}`).join(', ')} {unknown.length === 1 ? 'stands' : 'stand'} for
            nothing. Check the spelling, or choose from the list.
          </p>
        )}
      </div>
      {preview}
      {canShare ? (
        <RadioField
          label="Who uses it"
          name="reach"
          value={isShared ? 'everybody' : 'me'}
          choices={[
            { value: 'me', label: 'Just me' },
            { value: 'everybody', label: 'All agents' },
          ]}
          onChange={(value) => setIsShared(value === 'everybody')}
        />
      ) : null}
    </FormDialog>
  );
}

/** Every variable with what it stands for, the fields in use included. */
function variablesOf(fields: readonly CustomField[]): Map<string, string> {
  const custom = fields
    .filter(({ isArchived }) => !isArchived)
    .map(({ subject, key, label }) => [`${subject}.${key}`, `${label} of the ${subject}`] as const);
  return new Map([...custom, ...Object.entries(variableNames)].toSorted(byKnown));
}

function byKnown([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return Number(!(a in variableNames)) - Number(!(b in variableNames));
}
