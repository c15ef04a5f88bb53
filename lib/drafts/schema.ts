export const draftModes = ['reply', 'note'] as const;
export type DraftMode = (typeof draftModes)[number];
