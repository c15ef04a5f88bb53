'use client';

import { useEffect, useRef } from 'react';
import { useWords } from '#/components/conversation/words.tsx';
import { HeaderButton } from '#/components/widget/header-button.tsx';
import { PreChatFields } from '#/components/widget/pre-chat-form.tsx';
import type { OpenForm } from '#/components/widget/services.ts';
import { answerProblems } from '#/lib/pre-chat/form.ts';
import type { Answers } from '#/lib/pre-chat/schema.ts';

/** The form in the place of a conversation that it stands before. */
export function PreChatView({
  open,
  company,
  known,
  isPicture = false,
  onBack,
  onClose,
  onDone,
}: {
  open: OpenForm;
  company: string;
  /** What the person told us before. */
  known: { name: string | null; email: string | null } | null;
  isPicture?: boolean;
  onBack(): void;
  onClose(): void;
  onDone(answers: Answers): void;
}) {
  const { say } = useWords();
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const { form, answers, refusal } = open;
  const id = refusal?.field?.slice('answers.'.length) ?? '';
  const problem = answerProblems.find((each) => each === refusal?.reason);
  const initial: Answers = {
    ...(known?.name == null ? {} : { name: known.name }),
    ...(known?.email == null ? {} : { email: known.email }),
    ...answers,
  };
  return (
    <>
      <header className="flex items-center gap-1 border-b border-line px-2 py-1.5">
        <HeaderButton shape="back" label={say('thread.back')} onClick={onBack} />
        <p className="min-w-0 flex-1 truncate text-15 font-semibold">
          <bdi>{company}</bdi>
        </p>
        <HeaderButton shape="close" label={say('panel.close')} onClick={onClose} />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain p-6">
        <h1 ref={title} tabIndex={-1} className="text-20 font-semibold outline-none">
          {say('form.title')}
        </h1>
        <p className="pt-1 pb-6 text-14 text-text-muted" role={refusal === null ? undefined : 'status'}>
          {say(refusal === null ? 'form.lead' : 'form.notSent')}
        </p>
        <PreChatFields
          form={form}
          initial={initial}
          refused={problem === undefined ? null : { id, problem }}
          isPicture={isPicture}
          onDone={onDone}
        />
      </div>
    </>
  );
}
