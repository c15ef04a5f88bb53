// Who may import whom: one named rule for each line of the table in docs/architecture.md.
// scripts/check-boundaries.ts runs them, and proves on a fixture that each of them can fail.

const pure =
  '^lib/(?:texts/|[^/]+/(?:schema|rules|filter|preferences|limits)\\.ts|availability/opening\\.ts|pre-chat/(?:form|asked)\\.ts|widgets/frame-config\\.ts|api/(?:query|scopes|problems)\\.ts|api/records/|permissions/|errors\\.ts|ids\\.ts|text\\.ts|realtime/(?:events|staff-events|channels|changes)\\.ts)';
const client = '^lib/(?:sync/|embed/|realtime/subscribe\\.ts)';
/** What the database layer may read of the process it runs in. */
const ground = '^lib/(?:env|logger|process|errors|ids|text)\\.ts$';
const browser = '^(?:components/|lib/sync/|lib/embed/|lib/realtime/subscribe\\.ts)';
const tests = '\\.test\\.tsx?$|(?:-test-rig|simulated-world|/testing)\\.ts$';

const forbid = (name, from, to) => ({
  name,
  severity: 'error',
  from: typeof from === 'string' ? { path: from, pathNot: tests } : { pathNot: tests, ...from },
  to: typeof to === 'string' ? { path: to } : to,
});

module.exports = {
  forbidden: [
    forbid('no-cycles', {}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }),
    forbid('no-unresolved', {}, { couldNotResolve: true }),
    // Signing out is offered everywhere, so the actions of sign-in are everybody's.
    forbid('app-keeps-to-its-segment', '^app/([^/(]+)/', {
      path: '^app/',
      pathNot: ['^app/$1/', '^app/[^/]+$', '^app/\\(public\\)/sign-in/actions\\.ts$'],
    }),
    forbid('app-group-keeps-to-its-segment', '^app/\\(([^)/]+)\\)/([^/]+)/', {
      path: '^app/',
      pathNot: [
        '^app/\\($1\\)/$2/',
        '^app/\\($1\\)/[^/]+$',
        '^app/[^/]+$',
        '^app/\\(public\\)/sign-in/actions\\.ts$',
      ],
    }),
    forbid('app-not-to-db', '^app/', '^db/'),
    forbid('components-not-to-app', '^components/', '^app/'),
    forbid('components-not-to-server-code', '^components/', { path: '^lib/', pathNot: [pure, client] }),
    forbid('components-not-to-db', '^components/', '^db/'),
    forbid('lib-not-to-app-or-components', '^lib/', '^(?:app|components)/'),
    forbid('pure-only-to-pure', pure, { path: '^lib/', pathNot: pure }),
    forbid('pure-not-to-db', pure, '^db/'),
    forbid('client-only-to-client-and-pure', client, { path: '^lib/', pathNot: [pure, client] }),
    forbid('client-not-to-db', client, '^db/'),
    forbid(
      'server-lib-not-to-client',
      { path: '^lib/', pathNot: [pure, client, tests] },
      {
        path: client,
        pathNot: '^lib/embed/(?:snippet|protocol)\\.ts$',
      },
    ),
    forbid('db-only-to-pure-and-ground', '^db/', {
      path: '^(?:lib|app|components)/',
      pathNot: [pure, ground],
    }),
    forbid('server-not-to-app-or-components', '^(?:server\\.ts$|scripts/)', '^(?:app|components)/'),
    forbid('e2e-and-bench-from-outside', '^(?:e2e|bench)/', {
      path: '^(?:app|components|lib|db)/',
      pathNot: [
        pure,
        client,
        '^lib/realtime/server/',
        '^db/(?:testing|client|schema|migrate|widgets|workspace|example-workspace)\\.ts$',
      ],
    }),
    forbid('browser-never-reaches-the-database', browser, {
      path: '^db/|^node_modules/(?:postgres|drizzle-orm|pusher|pg)/',
      reachable: true,
    }),
    forbid(
      'only-publish-talks-to-pusher',
      { pathNot: ['^lib/realtime/(?:publish|relay)\\.ts$', tests, '^node_modules/'] },
      {
        path: '^node_modules/pusher/',
      },
    ),
    forbid(
      'only-subscribe-talks-to-pusher-js',
      { pathNot: ['^lib/realtime/subscribe\\.ts$', tests, '^(?:bench|node_modules)/'] },
      { path: '^node_modules/pusher-js/' },
    ),
    forbid('loader-only-to-its-parts', '^lib/embed/(?:loader|core)\\.ts$', {
      path: '.',
      pathNot: '^lib/embed/(?:core|protocol|launcher-look)\\.ts$',
    }),
    forbid(
      'loader-more-only-to-its-parts',
      '^lib/embed/(?:loader-more|frame-line|host-identity|host-storage|listeners|panel)\\.ts$',
      {
        path: '.',
        pathNot:
          '^lib/embed/(?:core|frame-line|host-identity|host-storage|launcher-look|listeners|panel|protocol)\\.ts$',
      },
    ),
    // A frame downloads the one language that it shows: as data of its page, never as code.
    forbid(
      'frame-holds-no-catalogue',
      {
        path: '^(?:components/|lib/(?:sync|embed|texts)/|app/widget/(?!page))',
        pathNot: [tests, '^lib/texts/catalogues\\.ts$'],
      },
      { path: '^lib/texts/(?:[a-z]{2}|catalogues)\\.ts$', dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'plain-node-code-without-next',
      '^(?:db/|server\\.ts$|scripts/|lib/(?:[^/]+/service|realtime/|typing/|jobs/))',
      {
        path: '^node_modules/(?:next|server-only|react)/',
        pathNot: '^node_modules/next/dist/server/next\\.js$|^node_modules/next/(?:types|index)',
      },
    ),
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(?:\\.next|\\.parley|test-results|playwright-report)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.css'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
