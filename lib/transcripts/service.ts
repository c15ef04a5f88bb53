import { asCustomer } from '#/db/client.ts';
import { listEntries, pageOf } from '#/db/messages.ts';
import { findTicketTitle } from '#/db/transcripts.ts';
import { RefusedError } from '#/lib/errors.ts';
import { publicEntry } from '#/lib/messages/rules.ts';
import { pageEntriesMax } from '#/lib/messages/schema.ts';
import type { CustomerActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import { catalogues } from '#/lib/texts/catalogues.ts';
import { languageFor } from '#/lib/texts/languages.ts';
import { openWords } from '#/lib/texts/words.ts';
import {
  type TranscriptStyle,
  transcriptHead,
  transcriptName,
  transcriptOf,
} from '#/lib/transcripts/rules.ts';
import type { TranscriptQuery } from '#/lib/transcripts/schema.ts';

export type Transcript = { name: string; parts: AsyncIterable<string> };

/**
 * A conversation as a text for its customer: what was public of it, page by page, so that a long one costs no memory. The
 * first page is read before this answers; each further one is read under the customer's own rights again.
 */
export async function writeTranscript(actor: CustomerActor, query: TranscriptQuery): Promise<Transcript> {
  const { conversationId } = query;
  const first = await readPage(actor, conversationId, 0);
  const style = styleOf(query, first.company);
  async function* parts() {
    yield transcriptHead(style, first, Date.now());
    let page = first.page;
    let lastDay: string | null = null;
    while (page.entries.length > 0) {
      const written = transcriptOf(style, page.entries, lastDay);
      lastDay = written.lastDay;
      yield written.text;
      if (page.through >= page.head) return;
      page = (await readPage(actor, conversationId, page.through)).page;
    }
  }
  return { name: transcriptName(first.number), parts: parts() };
}

async function readPage(actor: CustomerActor, conversationId: string, after: number) {
  return asCustomer(actor.id, async (tx) => {
    const query = { after, limit: pageEntriesMax };
    const [ticket, found] = await Promise.all([
      findTicketTitle(tx, conversationId),
      listEntries(tx, conversationId, 'customer', query),
    ]);
    if (ticket === null) throw new RefusedError({ code: 'not_found' });
    authorize(actor, 'message.read', ticket);
    const entries = found.entries.map(publicEntry).filter((entry) => entry !== null);
    return { ...ticket, page: pageOf(entries, found, query) };
  });
}

function styleOf({ lang, timezone = 'UTC' }: TranscriptQuery, company: string): TranscriptStyle {
  const language = (lang === undefined ? null : languageFor(lang)) ?? 'en';
  const locale = localeOf(lang, language);
  const { say } = openWords({ language, texts: catalogues[language], locale });
  return { say, locale, timezone, company };
}

/** The reader's own variety of the language (`en-GB`), if that is one. */
function localeOf(lang: string | undefined, language: string): string {
  try {
    return lang === undefined ? language : (Intl.DateTimeFormat.supportedLocalesOf([lang])[0] ?? language);
  } catch {
    return language;
  }
}
