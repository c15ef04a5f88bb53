import type { BrowserContext, Page } from '@playwright/test';
import { z } from 'zod';

const screenSchema = z.object({
  life: z.string(),
  conversationId: z.string(),
  readThrough: z.number(),
  unreadCount: z.number(),
  shown: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['reply', 'note', 'event']),
      order: z.nullable(z.number()),
      text: z.string(),
      state: z.enum(['sending', 'sent', 'failed', 'held', 'guarded']),
      says: z.string(),
    }),
  ),
});

/**
 * What one log showed at one moment. `life` names the element: a reloaded page or a reopened thread is another one.
 * `says` are the words under a bubble; the text of an event is left out, since each side words it differently.
 */
export type Screen = z.infer<typeof screenSchema>;

/**
 * Reports every state that any log of any page of this context ever shows, in order, from a page's first byte on. Goes
 * on in a page that comes back from the browser's back/forward cache, where frames are out of the driver's reach. Of a
 * log that grows long, `newest` limits what is reported to its end.
 */
export async function recordScreens(
  context: BrowserContext,
  onScreen: (screen: Screen, page: Page) => void,
  newest = 1_000_000,
): Promise<void> {
  await context.exposeBinding('parleySaw', ({ page }, screen: unknown) => {
    const { data, error } = screenSchema.safeParse(screen);
    if (data !== undefined) onScreen(data, page);
    // Thrown here it would reach the page alone, and what is not understood would be as if it had not been seen.
    else setImmediate(() => Promise.reject(error));
  });
  await context.addInitScript(watchLogs, newest);
}

/** Runs in the page, so it reaches nothing outside itself. A frame tells through the page that embeds it. */
function watchLogs(newest: number) {
  const documentLife = Math.random().toString(36).slice(2, 8);
  const lives = new WeakMap<Element, { name: string; last: string }>();
  let count = 0;

  if (window === window.top) {
    addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (typeof data === 'object' && data !== null && 'parleyScreen' in data) see(data.parleyScreen);
    });
  }
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['data-order', 'data-state', 'data-read-through', 'data-unread', 'data-conversation-id'],
  });

  // What the parser was still at work on when it paused is looked at when it is done.
  document.addEventListener('readystatechange', look);

  function look() {
    for (const log of document.querySelectorAll<HTMLElement>('[role=log][data-conversation-id]')) {
      const { conversationId = '', readThrough, unread } = log.dataset;
      if (conversationId === '' || !isParsed(log)) continue;
      const known = lives.get(log) ?? { name: `${documentLife}.${++count}`, last: '' };
      lives.set(log, known);
      const mark = Number(readThrough);
      const screen = {
        life: `${known.name}:${conversationId}`,
        conversationId,
        // Until its mark is there, a log takes everything for read.
        readThrough: Number.isFinite(mark) ? mark : 0,
        unreadCount: Number(unread),
        shown: [...log.querySelectorAll<HTMLElement>('[data-message-id]')].slice(-newest).map(readBubble),
      };
      const text = JSON.stringify(screen);
      if (known.last === text) continue;
      known.last = text;
      if (window === window.top) see(screen);
      else window.top?.postMessage({ parleyScreen: screen }, '*');
    }
  }

  /** The parser goes on to what follows an element once it has all of it. */
  function isParsed(log: Element): boolean {
    if (document.readyState !== 'loading') return true;
    for (let node: Node | null = log; node !== null; node = node.parentNode) {
      if (node.nextSibling !== null) return true;
    }
    return false;
  }

  function readBubble(bubble: HTMLElement) {
    const { messageId, order, kind, state } = bubble.dataset;
    const footer = bubble.children.length > 1 ? bubble.lastElementChild : null;
    return {
      id: messageId,
      kind,
      order: order === undefined ? null : Number(order),
      text: kind === 'event' ? '' : (bubble.querySelector('p')?.textContent ?? ''),
      state,
      says: footer === null || footer.querySelector('p') !== null ? '' : (footer.textContent ?? ''),
    };
  }

  function see(screen: unknown) {
    Reflect.get(window, 'parleySaw')?.(screen);
  }
}
