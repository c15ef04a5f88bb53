import type { AskWithToken, Services } from '#/components/widget/services.ts';
import { fail, succeed } from '#/lib/errors.ts';
import { resultOf } from '#/lib/sync/answers.ts';
import { answered } from '#/lib/sync/outdated.ts';
import { leaveAddress, rateConversation } from './actions.ts';
import { getJson } from './http.ts';

/** What stands around a conversation, as the server offers it. */
export function openServices(widgetKey: string, ask: AskWithToken): Services {
  return {
    fetchEnding: (id) => ask((token) => getJson(`/api/widget/conversations/${id}/ending`, token)),
    rate: (input) => ask((token) => answered(() => rateConversation(token, input))),
    leaveAddress: (input) => ask((token) => answered(() => leaveAddress(token, input))),
    fetchTranscript: (id, lang) => ask((token) => fetchTranscript(token, id, lang)),
    fetchForm: () =>
      resultOf(() =>
        fetch(`/api/widget/form?widget=${encodeURIComponent(widgetKey)}`, { cache: 'no-store' }),
      ),
  };
}

async function fetchTranscript(token: string, id: string, lang: string) {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const query = new URLSearchParams({ lang, ...(timeZone === undefined ? {} : { timezone: timeZone }) });
  try {
    const response = await fetch(`/api/widget/conversations/${id}/transcript?${query}`, {
      headers: { authorization: `Bearer ${token}` },
      cache: 'no-store',
    });
    if (!response.ok) return await resultOf<never>(async () => response);
    const name = /filename="([\w.-]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
    return succeed({ name: name ?? 'conversation.txt', file: await response.blob() });
  } catch {
    return fail({ code: 'unavailable', reason: 'no_connection' });
  }
}
