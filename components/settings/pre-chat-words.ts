import type { CustomField } from '#/lib/custom-fields/schema.ts';
import type { PreChatField } from '#/lib/pre-chat/schema.ts';

const names = {
  name: 'Name',
  email: 'E-mail',
  phone: 'Phone',
  subject: 'Subject',
  department: 'Department',
  consent: 'Consent',
} as const;

/** What a field is called in settings; one of the workspace's own by its own name. */
export function nameOfField(field: PreChatField, custom: readonly CustomField[]): string {
  if (field.kind !== 'custom') return names[field.kind];
  const known = custom.find(({ subject, key }) => subject === field.subject && key === field.key);
  return known?.label ?? field.key;
}

/** Everything that can be asked, as it begins: an address is worth most where it is sure. */
export function newField(
  custom: readonly CustomField[],
  departments: readonly { id: string }[],
): PreChatField[] {
  return [
    { kind: 'name', isRequired: false },
    { kind: 'email', isRequired: true },
    { kind: 'phone', isRequired: false },
    { kind: 'subject', isRequired: false },
    ...(departments.length < 2
      ? []
      : [{ kind: 'department' as const, isRequired: false, departmentIds: departments.map(({ id }) => id) }]),
    ...custom
      .filter(({ isArchived }) => !isArchived)
      .map(({ subject, key }) => ({ kind: 'custom' as const, isRequired: false, subject, key })),
    { kind: 'consent', isRequired: true, text: 'I have read how my data is used.', link: null },
  ];
}
