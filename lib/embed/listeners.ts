import { type WidgetEventName, widgetEventNames } from '#/lib/embed/protocol.ts';

type Listener = (detail: unknown) => void;

/** What `Parley('on', …)` and `Parley('off', …)` keep, until the chat's life ends. */
export type Listeners = {
  /** Its undo; null for an event that there is not, or what is no function. */
  on(name: unknown, listener: unknown): (() => void) | null;
  /** Without a listener, all of that event. */
  off(name: unknown, listener: unknown): void;
};

/**
 * Listeners are ordinary ones of `window`, so that one that throws harms nobody. `told` answers what a listener missed
 * that comes after the fact, or null.
 */
export function openListeners(life: AbortController, told: (name: string) => object | null): Listeners {
  const kept = new Set<{ name: string; listener: Listener; undo: () => void }>();
  return {
    on(named, listener) {
      if (!isEventName(named) || !isListener(listener)) return null;
      const name = named;
      const hear = (event: Event) => listener(Reflect.get(event, 'detail'));
      const undo = () => {
        removeEventListener(`parley:${name}`, hear);
        kept.delete(entry);
      };
      const entry = { name, listener, undo };
      kept.add(entry);
      addEventListener(`parley:${name}`, hear, life);
      const detail = told(name);
      if (detail !== null) tellAlone(hear, detail);
      return undo;
    },
    off(name, listener) {
      for (const entry of [...kept]) {
        if (entry.name === name && (listener === undefined || entry.listener === listener)) entry.undo();
      }
    },
  };
}

/** As an event would: what it throws is the page's to hear of, and stops nobody else. */
function tellAlone(hear: (event: Event) => void, detail: object) {
  const target = new EventTarget();
  target.addEventListener('told', hear);
  target.dispatchEvent(new CustomEvent('told', { detail }));
}

// Some pages made the methods of arrays something else: a loop.
export function isEventName(value: unknown): value is WidgetEventName {
  for (const name of widgetEventNames) if (name === value) return true;
  return false;
}

function isListener(value: unknown): value is Listener {
  return typeof value === 'function';
}
