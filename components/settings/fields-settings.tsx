'use client';

import { ArrowDown, ArrowUp, Ellipsis, Plus } from 'lucide-react';
import { useState } from 'react';
import { FieldDialog, typeNames } from '#/components/settings/field-dialog.tsx';
import { AdminsOnly, Badge, Fact, Row, Rows } from '#/components/settings/settings-rows.tsx';
import { SettingsBlock, SettingsPage } from '#/components/settings/settings-shell.tsx';
import { Button } from '#/components/ui/button.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { IconButton } from '#/components/ui/icon-button.tsx';
import { Menu, MenuAct } from '#/components/ui/menu.tsx';
import { showToast } from '#/components/ui/toast.tsx';
import type {
  ChangeFieldInput,
  CreateFieldInput,
  CustomField,
  FieldSubject,
  OrderFieldsInput,
} from '#/lib/custom-fields/schema.ts';
import type { Result } from '#/lib/errors.ts';

export type FieldActs = {
  createField(input: CreateFieldInput): Promise<Result<unknown>>;
  changeField(input: ChangeFieldInput): Promise<Result<unknown>>;
  orderFields(input: OrderFieldsInput): Promise<Result<unknown>>;
};

const subjects: readonly { subject: FieldSubject; title: string; lead: string; none: string }[] = [
  {
    subject: 'customer',
    title: 'Customers',
    lead: 'Beside each customer’s tickets, such as a plan or a customer number.',
    none: 'Nothing but name, e-mail and phone so far.',
  },
  {
    subject: 'ticket',
    title: 'Tickets',
    lead: 'On each ticket, such as an order number or a product.',
    none: 'Nothing but status, priority and tags so far.',
  },
];

type Open = { subject: FieldSubject; field: CustomField | null };

/** What else is kept of customers and tickets, in the order in which it is shown. */
export function FieldsSettings({
  fields,
  isAdmin,
  newId,
  acts,
  onChanged,
}: {
  fields: readonly CustomField[];
  isAdmin: boolean;
  newId(): string;
  acts: FieldActs;
  onChanged(): void;
}) {
  const [open, setOpen] = useState<Open | null>(null);

  async function settle(act: Promise<Result<unknown>>, words: string | null) {
    const result = await act;
    if (!result.ok) showToast(failureText(result.error), 'bad');
    else if (words !== null) showToast(words);
    if (result.ok) onChanged();
  }

  return (
    <SettingsPage
      title="Custom fields"
      lead="What else you want to know of customers and tickets. Fields can be filtered by, and used in saved replies."
    >
      {isAdmin ? null : (
        <AdminsOnly>Your admins decide which fields there are. Everybody fills them in.</AdminsOnly>
      )}
      {subjects.map(({ subject, title, lead, none }) => {
        const all = fields.filter((field) => field.subject === subject);
        const used = all.filter(({ isArchived }) => !isArchived);
        const archived = all.filter(({ isArchived }) => isArchived);
        const move = (from: number, to: number) => {
          const ids = used.map(({ id }) => id);
          const [id] = ids.splice(from, 1);
          if (id === undefined) return;
          ids.splice(to, 0, id);
          void settle(acts.orderFields({ subject, ids: [...ids, ...archived.map((each) => each.id)] }), null);
        };
        return (
          <SettingsBlock
            key={subject}
            title={title}
            lead={lead}
            actions={
              isAdmin ? (
                <Button onClick={() => setOpen({ subject, field: null })}>
                  <Plus className="size-4" aria-hidden="true" />
                  New field
                </Button>
              ) : undefined
            }
          >
            {all.length === 0 ? <p className="text-text-muted">{none}</p> : null}
            {used.length === 0 ? null : (
              <Rows label={`Fields of ${title.toLowerCase()}`}>
                {used.map((field, index) => (
                  <Row
                    key={field.id}
                    title={field.label}
                    {...(isAdmin ? { onOpen: () => setOpen({ subject, field }) } : {})}
                    detail={<span className="font-mono text-12">{field.key}</span>}
                    facts={
                      <>
                        <Fact width="w-24">{typeNames[field.type]}</Fact>
                        {isAdmin ? (
                          <span className="relative flex shrink-0">
                            <IconButton
                              label={`Move ${field.label} up`}
                              disabled={index === 0}
                              onClick={() => move(index, index - 1)}
                            >
                              <ArrowUp aria-hidden="true" />
                            </IconButton>
                            <IconButton
                              label={`Move ${field.label} down`}
                              disabled={index === used.length - 1}
                              onClick={() => move(index, index + 1)}
                            >
                              <ArrowDown aria-hidden="true" />
                            </IconButton>
                          </span>
                        ) : null}
                      </>
                    }
                    menu={
                      isAdmin ? (
                        <FieldMenu
                          field={field}
                          onEdit={() => setOpen({ subject, field })}
                          onArchive={() =>
                            void settle(
                              acts.changeField({ id: field.id, isArchived: true }),
                              `“${field.label}” is archived. What was filled in stays.`,
                            )
                          }
                        />
                      ) : null
                    }
                  />
                ))}
              </Rows>
            )}
            {archived.length === 0 ? null : (
              <Rows label={`Archived fields of ${title.toLowerCase()}`}>
                {archived.map((field) => (
                  <Row
                    key={field.id}
                    title={<span className="text-text-muted">{field.label}</span>}
                    badges={<Badge>archived</Badge>}
                    detail={<span className="font-mono text-12">{field.key}</span>}
                    menu={
                      isAdmin ? (
                        <Button
                          size="small"
                          tone="quiet"
                          aria-label={`Use ${field.label} again`}
                          onClick={() =>
                            void settle(
                              acts.changeField({ id: field.id, isArchived: false }),
                              `“${field.label}” is back.`,
                            )
                          }
                        >
                          Use again
                        </Button>
                      ) : null
                    }
                  />
                ))}
              </Rows>
            )}
          </SettingsBlock>
        );
      })}
      {open === null ? null : (
        <FieldDialog
          subject={open.subject}
          field={open.field}
          newId={newId}
          createField={acts.createField}
          changeField={acts.changeField}
          onDone={(label) => {
            setOpen(null);
            showToast(`“${label}” is saved.`);
            onChanged();
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </SettingsPage>
  );
}

function FieldMenu({ field, onEdit, onArchive }: { field: CustomField; onEdit(): void; onArchive(): void }) {
  return (
    <Menu
      align="end"
      trigger={
        <IconButton label={`More about ${field.label}`}>
          <Ellipsis aria-hidden="true" />
        </IconButton>
      }
    >
      <MenuAct onChoose={onEdit}>Edit…</MenuAct>
      <MenuAct onChoose={onArchive}>Archive</MenuAct>
    </Menu>
  );
}
