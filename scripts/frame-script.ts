import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import * as z from 'zod/mini';
import { exportsOf, readModules, replaceOnce, withoutUnused } from './unused-exports.ts';

const page = '/widget/page';
const buildManifestSchema = z.looseObject({
  rootMainFiles: z.array(z.string()),
  rootMainFilesTree: z.record(z.string(), z.array(z.string())),
  pagesChunkGroupBootstrapParams: z.record(
    z.string(),
    z.looseObject({ runtimeModuleIds: z.array(z.number()) }),
  ),
});
const pageManifestSchema = z.looseObject({
  entryJSFiles: z.record(z.string(), z.array(z.string())),
  clientModules: z.record(z.string(), z.looseObject({ id: z.number(), chunks: z.array(z.string()) })),
});

/**
 * Parts of the framework's router that a page needs which can be left for another one, by what they export, and what
 * stands for them in the frame. It is one page: its actions answer without a redirect and revalidate nothing, and it has
 * no links. `still` stays where it is; `leave` loads the frame anew, should a server ever send it elsewhere.
 */
export const absent: readonly [exports: string, by: 'still' | 'leave'][] = [
  ['DYNAMIC_STALETIME_MS,STATIC_STALETIME_MS,navigateReducer', 'still'],
  ['refreshDynamicData,refreshReducer', 'still'],
  ['restoreReducer', 'still'],
  ['serverPatchReducer', 'still'],
  ['prefetch,prefetchRoute', 'still'],
  ['discoverKnownRoute,matchKnownRoute,resetKnownRoutes', 'still'],
  [
    'IDLE_LINK_STATUS,PENDING_LINK_STATUS,getLinkForCurrentNavigation,mountFormInstance,mountLinkInstance,onLinkVisibilityChanged,onNavigationIntent,pingVisibleLinks,setLinkForCurrentNavigation,unmountLinkForCurrentNavigation,unmountPrefetchableInstance',
    'still',
  ],
  [
    'cancelPrefetchTask,isPrefetchTaskDirty,needsSpeculativePrefetch,pingPrefetchScheduler,pingPrefetchTask,reschedulePrefetchTask,schedulePrefetchTask,startRevalidationCooldown',
    'still',
  ],
  [
    'createFetch,createFromNextReadableStream,decodeBufferedStage,decodeStageUntilBoundary,fetchServerResponse,processFetch,resolveShellStageResponse',
    'leave',
  ],
  [
    'completeHardNavigation,completeSoftNavigation,completeTraverseNavigation,navigate,navigateToKnownRoute',
    'leave',
  ],
  // How the framework's own page of errors looks: ours stands in its place.
  ['WarningIcon,errorStyles,errorThemeCss', 'still'],
];
/** What a part of it offers for pages that were made at build time, or ahead of a visit; the frame's never is. */
export const absentNames = ['spawnStaticStageCacheWrite', 'writeRuntimePrefetchStreamIntoCache'];
const standIns = `const stay = (state) => state;
const standIn = (run) => (_, module) => {
  module.exports = new Proxy({ __esModule: true }, { get: (own, name) => own[name] ?? run });
};
const still = standIn(stay);
const leave = standIn(() => (location.reload(), new Promise(() => {})));`;

/** How a chunk says which file it came in. As a text the runtime takes it for that file, wherever it stands. */
const ownFile = 'push(["object"==typeof document?document.currentScript:void 0,';

/**
 * Puts all scripts that the frame's page names into one file, which only that page names: one request instead of nine,
 * without what only other pages need. A visitor downloads 25 KB less by it. Other pages and what is loaded later stay as they are.
 * Throws where a build is not made as this knows it, so that a new version of the framework is looked at.
 */
export async function joinFrameScripts(builtDir: string): Promise<void> {
  const buildPath = join(builtDir, 'build-manifest.json');
  const build = buildManifestSchema.parse(JSON.parse(readFileSync(buildPath, 'utf8')));
  const pagePath = join(builtDir, 'server/app/widget/page_client-reference-manifest.js');
  const named = readPageManifest(pagePath);

  const modules = Object.values(named.clientModules);
  const ofModules = modules.flatMap(({ chunks }) => chunks.map(fileOf));
  const ofPage = Object.values(named.entryJSFiles).flat();
  const files = [...new Set([...build.rootMainFiles, ...ofModules, ...ofPage])];
  const whole = withoutAbsent(files.map((file) => chunkOf(builtDir, file)).join('\n'));
  const started = build.pagesChunkGroupBootstrapParams[page]?.runtimeModuleIds ?? [];
  const roots = [...started, ...modules.map(({ id }) => id)];
  const script = await withoutUnused(whole, { later: laterThan(builtDir, whole, files), roots });
  const name = `static/chunks/frame-${createHash('sha256').update(script).digest('hex').slice(0, 12)}.js`;
  writeFileSync(join(builtDir, name), script);

  build.rootMainFilesTree[page] = [name];
  writeFileSync(buildPath, JSON.stringify(build, null, 2));
  for (const module of modules) module.chunks = [];
  for (const entry of Object.keys(named.entryJSFiles)) named.entryJSFiles[entry] = [];
  const global = 'globalThis.__RSC_MANIFEST';
  writeFileSync(
    pagePath,
    `${global} = ${global} || {};\n${global}[${JSON.stringify(page)}] = ${JSON.stringify(named)};\n`,
  );
}

/** The manifest is a script that puts itself under the page's name. */
function readPageManifest(path: string): z.infer<typeof pageManifestSchema> {
  const context: { __RSC_MANIFEST?: Record<string, unknown> } = {};
  runInNewContext(readFileSync(path, 'utf8'), Object.assign(context, { globalThis: context }));
  return pageManifestSchema.parse(context.__RSC_MANIFEST?.[page]);
}

/** `/_next/static/chunks/a.js?dpl=…` as a path in the build. */
function fileOf(url: string): string {
  const [, file] = /^\/_next\/([^?#]+)/.exec(url) ?? [];
  if (file === undefined) throw new Error(`The frame’s page names a script that is not of the build: ${url}`);
  return file;
}

function chunkOf(builtDir: string, file: string): string {
  const text = readFileSync(join(builtDir, file), 'utf8');
  if (file.startsWith('static/chunks/turbopack-')) return text;
  if (text.split(ownFile).length !== 2) throw new Error(`A script of the frame is made otherwise: ${file}`);
  return text.replace(ownFile, () => `push([${JSON.stringify(file)},`);
}

/** The scripts that these name, and those that they name, which may be loaded some time. */
function laterThan(builtDir: string, whole: string, files: readonly string[]): string[] {
  const known = new Set(files);
  const texts = [whole];
  // It grows while it is walked through.
  for (const text of texts) {
    for (const [, file = ''] of text.matchAll(/"(static\/chunks\/[\w.-]+\.js)"/g)) {
      if (known.has(file)) continue;
      known.add(file);
      texts.push(readFileSync(join(builtDir, file), 'utf8'));
    }
  }
  return texts.slice(1);
}

/** In a scope of its own, so that what stands for the absent parts has no name elsewhere. */
function withoutAbsent(script: string): string {
  let rest = script;
  const sources = readModules(script).map(({ source }) => source);
  for (const [exports, by] of absent) {
    const [found, ...others] = sources.filter((source) => exportsOf(source).join() === exports);
    if (found === undefined || others.length > 0) {
      throw new Error(`The framework’s router is made otherwise: which part exports ${exports}?`);
    }
    rest = replaceOnce(rest, found, by);
  }
  for (const name of absentNames) {
    const [offer] = new RegExp(`\\b${name}:function\\(\\)\\{return [\\w$]+\\}`).exec(rest) ?? [];
    if (offer === undefined)
      throw new Error(`The framework’s router is made otherwise: what exports ${name}?`);
    rest = replaceOnce(rest, offer, `${name}:function(){return stay}`);
  }
  return `(()=>{${standIns.replace(/\n\s*/g, '')}\n${rest}\n})();`;
}
