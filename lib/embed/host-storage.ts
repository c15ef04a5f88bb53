import {
  type Attributes,
  keptAttributes,
  keptEvents,
  parseAttributes,
  parseKept,
} from '#/lib/embed/protocol.ts';

/** What the host's page keeps for the frame, and for itself until there is a frame. */
export type HostStorage = {
  /** False: nothing here survives this page. */
  isDurable(): boolean;
  load(): Record<string, string>;
  /** Null drops it. */
  save(name: string, value: string | null): void;
  clear(): void;
  isEmpty(): boolean;
  /** Attributes that no frame has taken yet get these in addition; false: they would be too many. */
  addAttributes(more: Attributes): boolean;
  /** Something that happened before there was a frame to tell. Of many, the newest are kept. */
  addEvent(event: { name: string; data: Attributes; at: string }): void;
};

const keptEventsMax = 20;

/**
 * The page's own storage below `prefix`, and the memory that stands in where it is blocked or full: the chat works
 * until the page is left then. Each value is an entry of its own, and never an array: some pages still have scripts that
 * make JSON of arrays something else.
 */
export function openHostStorage(prefix: string, memory: Record<string, string>): HostStorage {
  let isDurable = true;

  function load(): Record<string, string> {
    const kept = { ...memory };
    try {
      for (const full of Object.keys(localStorage)) {
        if (full.startsWith(prefix)) kept[full.slice(prefix.length)] = `${localStorage.getItem(full)}`;
      }
    } catch {
      isDurable = false;
    }
    return kept;
  }

  function save(name: string, value: string | null) {
    delete memory[name];
    try {
      // Over the former value, never after taking it away: another tab would hear that it is gone.
      if (value !== null) return localStorage.setItem(prefix + name, value);
    } catch {
      if (value !== null) memory[name] = value;
      isDurable = false;
    }
    try {
      localStorage.removeItem(prefix + name);
    } catch {
      isDurable = false;
    }
  }

  return {
    isDurable: () => isDurable,
    load,
    save,
    isEmpty() {
      for (const _ in load()) return false;
      return true;
    },
    clear() {
      for (const name in load()) save(name, null);
    },
    addAttributes(more) {
      const all = parseAttributes({ ...parseKept(load()[keptAttributes]), ...more });
      if (all !== null) save(keptAttributes, JSON.stringify(all));
      return all !== null;
    },
    addEvent(event) {
      save(keptEvents + event.at + Math.random().toString(36).slice(2, 6), JSON.stringify(event));
      let oldest = '';
      let count = 0;
      for (const name in load()) {
        if (!name.startsWith(keptEvents)) continue;
        count++;
        if (oldest === '' || name < oldest) oldest = name;
      }
      if (count > keptEventsMax) save(oldest, null);
    },
  };
}
