// Runs before a page's own scripts and counts what they register; `window.census()` tells what there is at the moment,
// in sorted lists of words that name a leftover.
{
  const listeners = new Map();
  const timers = new Map();
  const observers = new Map();
  const connections = new Map();
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;

  const countListeners = () => {
    const nameOf = (type, options) =>
      `${type}${(typeof options === 'object' ? options?.capture : options) ? ' (capture)' : ''}`;
    const drop = (target, name, listener) => listeners.get(target)?.get(name)?.delete(listener);
    EventTarget.prototype.addEventListener = function (type, listener, options) {
      const target = this ?? window;
      add.call(target, type, listener, options);
      if (listener === null || listener === undefined) return;
      const name = nameOf(type, options);
      if (!listeners.has(target)) listeners.set(target, new Map());
      if (!listeners.get(target).has(name)) listeners.get(target).set(name, new Set());
      listeners.get(target).get(name).add(listener);
      const dropIt = () => drop(target, name, listener);
      if (options?.once) add.call(target, type, dropIt, options);
      if (options?.signal) add.call(options.signal, 'abort', dropIt, { once: true });
    };
    EventTarget.prototype.removeEventListener = function (type, listener, options) {
      const target = this ?? window;
      remove.call(target, type, listener, options);
      drop(target, nameOf(type, options), listener);
    };
  };

  const countTimers = (start, stop, { isRepeated = false, numbers = start } = {}) => {
    const begin = window[start];
    const end = window[stop];
    window[start] = (run, ...more) => {
      const ran = (...given) => {
        if (!isRepeated) timers.delete(`${numbers} ${id}`);
        return run(...given);
      };
      const id = begin.call(window, ran, ...more);
      timers.set(`${numbers} ${id}`, `${start}: ${String(run).slice(0, 80)}`);
      return id;
    };
    window[stop] = (id) => {
      timers.delete(`${numbers} ${id}`);
      end.call(window, id);
    };
  };

  const countObservers = (name) => {
    const { observe, disconnect } = window[name].prototype;
    window[name].prototype.observe = function (...given) {
      observers.set(this, name);
      return observe.apply(this, given);
    };
    window[name].prototype.disconnect = function () {
      observers.delete(this);
      return disconnect.call(this);
    };
  };

  const countConnections = (name, stop) => {
    window[name] = new Proxy(window[name], {
      construct(target, given, called) {
        const made = Reflect.construct(target, given, called);
        connections.set(made, name);
        return made;
      },
    });
    const end = window[name].prototype[stop];
    window[name].prototype[stop] = function (...given) {
      connections.delete(this);
      return end.apply(this, given);
    };
  };

  const countRequests = () => {
    const { fetch } = window;
    window.fetch = (...given) => {
      const answer = fetch(...given);
      connections.set(answer, `fetch ${given[0]}`);
      const done = () => connections.delete(answer);
      answer.then(done, done);
      return answer;
    };
    const { send } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.send = function (...given) {
      connections.set(this, 'XMLHttpRequest');
      add.call(this, 'loadend', () => connections.delete(this));
      return send.apply(this, given);
    };
  };

  countListeners();
  // These two have their numbers in common, and each may be ended by the other's name.
  countTimers('setTimeout', 'clearTimeout', { numbers: 'timer' });
  countTimers('setInterval', 'clearInterval', { numbers: 'timer', isRepeated: true });
  countTimers('requestAnimationFrame', 'cancelAnimationFrame');
  if (window.requestIdleCallback) countTimers('requestIdleCallback', 'cancelIdleCallback');
  for (const name of ['MutationObserver', 'ResizeObserver', 'IntersectionObserver', 'PerformanceObserver']) {
    countObservers(name);
  }
  for (const name of ['WebSocket', 'EventSource', 'BroadcastChannel']) countConnections(name, 'close');
  countConnections('Worker', 'terminate');
  countRequests();

  const builtins = ['Object', 'Function', 'Array', 'String', 'Promise', 'Map', 'Event', 'Node', 'Element'];
  const readBuiltins = () => {
    const found = new Map();
    for (const name of builtins) {
      for (const owner of [window[name], window[name].prototype]) {
        for (const [key, { value, get }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
          found.set(`${name}${owner === window[name] ? '' : '.prototype'}.${key}`, value ?? get);
        }
      }
    }
    return found;
  };
  const builtinsAtFirst = readBuiltins();
  const changedBuiltins = () => {
    const now = readBuiltins();
    return [...new Set([...now.keys(), ...builtinsAtFirst.keys()])].filter(
      (name) => now.get(name) !== builtinsAtFirst.get(name),
    );
  };

  // What hangs on a node that is gone goes with it.
  const isHeld = (target) => !(target instanceof Node) || target.isConnected;
  const nameOf = (target) => target.nodeName ?? Object.prototype.toString.call(target);
  const listHandlers = (target) => {
    const found = [];
    for (const key in target) {
      if (key.startsWith('on') && typeof target[key] === 'function') found.push(`${nameOf(target)}.${key}`);
    }
    return found;
  };
  const listListeners = () =>
    [...listeners]
      .filter(([target]) => isHeld(target))
      .flatMap(([target, byName]) =>
        [...byName].flatMap(([name, each]) => [...each].map(() => `${nameOf(target)} ${name}`)),
      );

  Object.defineProperty(window, 'census', {
    value: () => {
      const found = {
        globals: Reflect.ownKeys(window).map(String),
        builtins: changedBuiltins(),
        listeners: listListeners(),
        handlers: [window, document, document.documentElement, document.body, visualViewport].flatMap(
          listHandlers,
        ),
        timers: [...timers.values()],
        observers: [...observers.values()],
        connections: [...connections.values()],
        nodes: [
          document.documentElement.outerHTML,
          `${document.adoptedStyleSheets.length} adopted and ${document.styleSheets.length} linked style sheets`,
          `${window.length} frames, ${document.getAnimations().length} animations`,
          `focus on ${document.activeElement?.nodeName}, title ${document.title}`,
        ],
      };
      for (const list of Object.values(found)) list.sort();
      return found;
    },
  });
}
