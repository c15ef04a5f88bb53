/** What a field belongs to. */
export const fieldSubjects = ['customer', 'ticket'] as const;
export type FieldSubject = (typeof fieldSubjects)[number];
export const fieldTypes = ['text', 'number', 'boolean', 'date', 'choice'] as const;
export type FieldType = (typeof fieldTypes)[number];
