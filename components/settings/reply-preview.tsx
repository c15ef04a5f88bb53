'use client';

import { useState } from 'react';
import { fillVariables, firstNameOf, type VariableValues } from '#/lib/saved-replies/rules.ts';

const customers = {
  known: {
    label: 'Somebody you know',
    name: 'Maya Okafor',
    email: 'maya@shop.example',
    phone: '+353861234567',
  },
  unknown: { label: 'Somebody new', name: null, email: null, phone: null },
} as const;
type Who = keyof typeof customers;

/** What a customer would read: values plain, fallbacks and what stays open marked and told apart in words too. */
export function ReplyPreview({
  text,
  agentName,
  workspaceName,
}: {
  text: string;
  agentName: string;
  workspaceName: string;
}) {
  const [who, setWho] = useState<Who>('known');
  const { name, email, phone } = customers[who];
  const values: VariableValues = {
    'customer.first_name': firstNameOf(name),
    'customer.name': name,
    'customer.email': email,
    'customer.phone': phone,
    'agent.first_name': firstNameOf(agentName),
    'agent.name': agentName,
    'ticket.number': '1042',
    'ticket.subject': 'Where is my order?',
    'workspace.name': workspaceName,
  };
  const parts = fillVariables(text, values);
  const isOpen = parts.some((part) => part.kind === 'variable' && part.source === 'none');
  return (
    <section aria-label="Preview" className="rounded-card border border-line bg-bg-sunken p-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-medium text-13">What they read</h3>
        <fieldset aria-label="Preview for" className="flex gap-1">
          {(['known', 'unknown'] as const).map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === who}
              onClick={() => setWho(each)}
              className="h-7 rounded-control px-2 text-text-muted hover:text-text aria-pressed:bg-bg-selected aria-pressed:text-text max-tablet:h-11"
            >
              {customers[each].label}
            </button>
          ))}
        </fieldset>
      </div>
      <p
        dir="auto"
        className="mt-2 ms-auto min-h-9 w-fit max-w-full whitespace-pre-wrap rounded-bubble rounded-ee-tail bg-accent px-3 py-2 text-14 text-accent-text wrap-anywhere"
      >
        {text.trim() === ''
          ? '…'
          : parts.map((part, index) =>
              part.kind === 'text' ? (
                part.text
              ) : (
                <span
                  // biome-ignore lint/suspicious/noArrayIndexKey: the same variable may come twice.
                  key={index}
                  title={`{{${part.name}}}`}
                  className={`rounded-tail underline decoration-1 underline-offset-4 ${part.source === 'value' ? 'decoration-dotted' : part.source === 'fallback' ? 'decoration-dashed' : 'decoration-wavy'}`}
                >
                  {part.text}
                </span>
              ),
            )}
      </p>
      {isOpen ? (
        <p className="mt-2 text-text-muted">
          What is not known and has no fallback stays as it is, so that you see it before you send.
        </p>
      ) : null}
    </section>
  );
}
