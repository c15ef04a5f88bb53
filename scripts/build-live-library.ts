import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const library = fileURLToPath(new URL('../node_modules/pusher-js', import.meta.url));
const target = fileURLToPath(new URL('../.generated/live-library.js', import.meta.url));

/**
 * What the library asks of a browser, for one that has WebSocket and crypto: all that Parley speaks is a socket, and
 * its channels are authorised by a handler of ours. The rules of the wire are the library's own.
 */
const runtime = `
import Dispatcher from 'core/events/dispatcher';
import SequentialStrategy from 'core/strategies/sequential_strategy';
import FirstConnectedStrategy from 'core/strategies/first_connected_strategy';
import TransportManager from 'core/transports/transport_manager';
import Transport from 'core/transports/transport';
import { ws as urls } from 'core/transports/url_schemes';
import connectionInitializer from 'isomorphic/transports/transport_connection_initializer';

class Network extends Dispatcher {
  constructor() {
    super();
    for (const name of ['online', 'offline']) addEventListener(name, () => this.emit(name));
  }
  isOnline() {
    return navigator.onLine;
  }
}
const network = new Network();
const isThere = () => true;
const Transports = {
  ws: new Transport({
    urls,
    handlesActivityChecks: false,
    supportsPing: false,
    isInitialized: isThere,
    isSupported: isThere,
    getSocket: (url) => new WebSocket(url),
  }),
};

export default {
  Transports,
  transportConnectionInitializer: connectionInitializer,
  getDefaultStrategy(config, options, define) {
    const hosts = {
      hostNonTLS: config.wsHost + ':' + config.wsPort,
      hostTLS: config.wsHost + ':' + config.wssPort,
      httpPath: config.wsPath,
    };
    const manager = new TransportManager({ minPingDelay: 10000, maxPingDelay: config.activityTimeout });
    const transport = define(config, options.useTLS ? 'wss' : 'ws', 'ws', 3, { ...options, ...hosts }, manager);
    return new FirstConnectedStrategy(
      new SequentialStrategy([transport], { loop: true, timeout: 15000, timeoutLimit: 60000 }),
    );
  },
  setup: (Pusher) => Pusher.ready(),
  getProtocol: () => location.protocol,
  getNetwork: () => network,
  addUnloadListener: (listener) => addEventListener('pagehide', listener),
  removeUnloadListener: (listener) => removeEventListener('pagehide', listener),
  randomInt: (max) => crypto.getRandomValues(new Uint32Array(1))[0] % max,
};
`;

/**
 * Parts of the library that Parley has no use for: other ways of connecting and authorising that nothing of ours reaches,
 * what is written to the console where that is asked for, and the diary of attempts for the vendor's statistics.
 */
const replaced: [path: RegExp, by: string][] = [
  [
    /(?:encrypted_channel|timeline_sender|user_authenticator|\/channel_authorizer|deprecated_channel_authorizer)$/,
    "const absent = () => { throw new Error('not in this build'); }; export default absent; export { absent as ChannelAuthorizerProxy };",
  ],
  [/\/logger$/, 'const silent = () => {}; export default { debug: silent, warn: silent, error: silent };'],
  [/\/url_store$/, "export default { buildLogSuffix: () => '' };"],
  [
    /\/timeline$/,
    'export default class { ids = 0; info() {} error() {} debug() {} generateUniqueID() { return ++this.ids; } }',
  ],
];

const parts: Plugin = {
  name: 'parts of the library',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /^runtime$/ }, ({ path }) => ({ path, namespace: 'ours' }));
    for (const [filter] of replaced) onResolve({ filter }, ({ path }) => ({ path, namespace: 'replaced' }));
    // The library's own build has these two folders as roots of what it imports.
    onResolve({ filter: /^(?:core|isomorphic)\// }, ({ path, kind }) => {
      const folder = path.startsWith('core') ? 'src' : 'src/runtimes';
      return resolve(`./${path}`, { kind, resolveDir: join(library, folder) });
    });
    onLoad({ filter: /./, namespace: 'ours' }, () => ({ contents: runtime, resolveDir: library }));
    for (const [filter, contents] of replaced)
      onLoad({ filter, namespace: 'replaced' }, () => ({ contents }));
  },
};

/** The live library from its own sources, with a socket as its only way to the server. Nothing is written. */
export async function bundleLiveLibrary(): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(library, 'package.json'), 'utf8'));
  const result = await build({
    stdin: { contents: "export { default } from './src/core/pusher.ts'", resolveDir: library },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: ['chrome111', 'firefox115', 'safari16.4'],
    legalComments: 'none',
    plugins: [parts],
    define: {
      VERSION: JSON.stringify(version),
      CDN_HTTP: '""',
      CDN_HTTPS: '""',
      DEPENDENCY_SUFFIX: '""',
      global: 'globalThis',
    },
    tsconfigRaw: { compilerOptions: {} },
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error('The live library was bundled into nothing.');
  return file.text;
}

/** Writes what `next.config.ts` gives the browser in place of `pusher-js`. */
export async function buildLiveLibrary(): Promise<void> {
  const text = await bundleLiveLibrary();
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
}

if (import.meta.main) await buildLiveLibrary();
