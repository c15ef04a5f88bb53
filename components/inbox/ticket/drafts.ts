import type { DraftMode } from '#/lib/drafts/schema.ts';

export type ComposerMode = DraftMode;
export type DraftTexts = Record<ComposerMode, string>;
