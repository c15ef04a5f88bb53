import type { WidgetState, WidgetStateQuery } from '#/lib/conversations/schema.ts';
import { type Result, succeed } from '#/lib/errors.ts';
import type { Clock, ConversationTransport, WidgetTransport } from '#/lib/sync/transport.ts';

type Entries = ConversationTransport['fetchEntries'];
type Waiting<Asked, Answer> = { asked: Asked; answer(result: Answer): void };

/** Two channels of one connection are granted within this time of each other. */
const companyMs = 20;

/**
 * The looks of a customer's list and of their open conversation: what both ask for in one moment (opened, woken,
 * connected again) is one request. Each is answered by what the server said after it asked, as if it were alone.
 */
export function joinLooks(
  clock: Clock,
  ask: {
    fetchState(query: WidgetStateQuery): Promise<Result<WidgetState>>;
    fetchEntries: Entries;
    /** Whether there is a conversation whose look may come in the same moment. */
    isInCompany(): boolean;
  },
): WidgetTransport & { fetchEntries: Entries } {
  let list: Waiting<null, Result<WidgetState>> | null = null;
  let thread: Waiting<Parameters<Entries>[0], Awaited<ReturnType<Entries>>> | null = null;
  let timer: unknown = null;

  async function go() {
    clock.clearTimeout(timer);
    const [one, other] = [list, thread];
    list = null;
    thread = null;
    if (other === null) one?.answer(await ask.fetchState({}));
    else if (one === null) other.answer(await ask.fetchEntries(other.asked));
    else {
      const { conversationId, after } = other.asked;
      const result = await ask.fetchState({
        open: conversationId,
        ...(after === undefined ? {} : { after }),
      });
      if (!result.ok) {
        one.answer(result);
        other.answer(result);
        return;
      }
      const { page, marks, typing } = result.value;
      const isShown = result.value.open === conversationId && page !== null;
      // A part of a log is nothing to open it with.
      one.answer(
        after === undefined ? result : succeed({ ...result.value, open: null, page: null, marks: [] }),
      );
      other.answer(isShown ? succeed({ ...page, marks, typing }) : await ask.fetchEntries(other.asked));
    }
  }

  function wait() {
    clock.clearTimeout(timer);
    if (list !== null && thread !== null) void go();
    else timer = clock.setTimeout(go, companyMs);
  }

  return {
    fetchState() {
      if (!ask.isInCompany() || list !== null) return ask.fetchState({});
      return new Promise((answer) => {
        list = { asked: null, answer };
        wait();
      });
    },
    fetchEntries(query) {
      // What is further up is wanted by nobody else, and a second one of the same kind is not to wait.
      if (query.before !== undefined || thread !== null) return ask.fetchEntries(query);
      return new Promise((answer) => {
        thread = { asked: query, answer };
        wait();
      });
    },
  };
}
