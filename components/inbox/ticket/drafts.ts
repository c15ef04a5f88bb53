export type ComposerMode = 'reply' | 'note';
export type DraftTexts = Record<ComposerMode, string>;

const empty: DraftTexts = { reply: '', note: '' };
const prefix = 'parley.draft.';

/** What was written and not sent on a ticket, kept for this tab, also over a reload. */
export function readDraft(ticketId: string): DraftTexts {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(prefix + ticketId) ?? 'null');
    if (typeof stored !== 'object' || stored === null) return empty;
    return {
      reply: 'reply' in stored && typeof stored.reply === 'string' ? stored.reply : '',
      note: 'note' in stored && typeof stored.note === 'string' ? stored.note : '',
    };
  } catch {
    return empty;
  }
}

export function keepDraft(ticketId: string, texts: DraftTexts): void {
  try {
    if (texts.reply === '' && texts.note === '') sessionStorage.removeItem(prefix + ticketId);
    else sessionStorage.setItem(prefix + ticketId, JSON.stringify(texts));
  } catch {
    // Storage is full or blocked: the draft lives as long as the page does.
  }
}
