'use client';

import { useId, useRef, useState } from 'react';
import { useWords } from '#/components/conversation/words.tsx';
import type { Messenger } from '#/components/widget/messenger.ts';
import { presenceText } from '#/components/widget/presence.tsx';
import type { Opening } from '#/lib/availability/schema.ts';
import { isEmail } from '#/lib/pre-chat/form.ts';
import type { FrameConfig } from '#/lib/widgets/frame-config.ts';

/** While nobody is there: the message is safe, and here is where an answer can find whoever wrote it. */
export function AddressCard({
  opening,
  config,
  messenger,
  known,
}: {
  opening: Opening;
  config: FrameConfig;
  messenger: Messenger;
  /** The address that was left. */
  known: string | null;
}) {
  const words = useWords();
  const { say } = words;
  const [email, setEmail] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<'form.email_not_valid' | 'away.failed' | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();

  async function leave() {
    if (isBusy) return;
    if (!isEmail(email)) {
      setProblem('form.email_not_valid');
      input.current?.focus();
      return;
    }
    setIsBusy(true);
    const result = await messenger.services().then(
      (services) => services.leaveAddress({ email: email.trim() }),
      () => null,
    );
    setIsBusy(false);
    const isWrong = result?.ok === false && result.error.code === 'invalid';
    setProblem(result?.ok === true ? null : isWrong ? 'form.email_not_valid' : 'away.failed');
    if (result?.ok === true) messenger.refresh();
  }

  return (
    <section
      aria-labelledby={id}
      aria-live="off"
      className="mx-auto mt-1 mb-3 flex w-full max-w-96 flex-col gap-2 rounded-card border border-line bg-bg-raised px-4 py-4"
    >
      <h2 id={id} className="text-14 font-medium">
        {presenceText(opening, config.replyWithinMs, words) ?? say('away.title')}
      </h2>
      {known === null ? (
        <form
          noValidate
          className="flex flex-col gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            void leave();
          }}
        >
          <p className="text-13 text-pretty text-text-muted">{say('away.lead')}</p>
          <input
            ref={input}
            type="email"
            name="email"
            autoComplete="email"
            aria-label={say('away.email')}
            aria-invalid={problem === 'form.email_not_valid' ? true : undefined}
            aria-describedby={problem === null ? undefined : `${id}-problem`}
            placeholder={say('away.email')}
            value={email}
            onChange={(event) => {
              setEmail(event.target.value);
              setProblem(null);
            }}
            className="h-11 w-full min-w-0 rounded-card border border-line-strong bg-bg px-3 text-15 placeholder:text-text-faint aria-invalid:border-bad pointer-coarse:text-16"
          />
          {problem === null ? null : (
            <p id={`${id}-problem`} role="alert" className="text-13 text-bad">
              {say(problem)}
            </p>
          )}
          <button
            type="submit"
            aria-disabled={isBusy}
            className="min-h-11 rounded-card border border-line-strong px-4 text-14 font-medium hover:bg-bg-hover"
          >
            {say('away.leave')}
          </button>
        </form>
      ) : (
        <p role="status" className="text-13 text-pretty text-text-muted">
          {say('away.left', { email: known })}
        </p>
      )}
    </section>
  );
}
