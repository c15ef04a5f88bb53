import { z } from 'zod';

// What Next 16 accepts in its router's own header, copied from its types because it throws on anything else.
const paramKind = z.enum([
  'c',
  'ci(..)(..)',
  'ci(.)',
  'ci(..)',
  'ci(...)',
  'oc',
  'd',
  'di(..)(..)',
  'di(.)',
  'di(..)',
  'di(...)',
]);
const segment = z.union([
  z.string(),
  z.tuple([z.string(), z.string(), paramKind, z.array(z.string()).nullable()]),
]);
const refetch = z.enum(['refetch', 'inside-shared-layout', 'metadata-only']);

const routerTree: z.ZodType = z.lazy(() =>
  z.tuple([
    segment,
    z.record(z.string(), routerTree),
    z.tuple([z.string(), z.string()]).nullish(),
    refetch.nullish(),
    z.number().nullish(),
    z.string().optional(),
  ]),
);
const depthMax = 40;

/** Pages send the same few over and over; only what was found readable is remembered. */
const readable = new Set<string>();
const readableMax = 500;
const readableCharsMax = 2_000;

/** Whether Next can read this `next-router-state-tree` header. */
export function isRouterTreeHeader(header: string): boolean {
  if (readable.has(header)) return true;
  try {
    const value: unknown = JSON.parse(decodeURIComponent(header));
    if (nestingOf(header) > depthMax * 4 || !routerTree.safeParse(value).success) return false;
  } catch {
    return false;
  }
  if (header.length <= readableCharsMax && readable.size < readableMax) readable.add(header);
  return true;
}

/** An upper bound of how deep the JSON goes, counted before anything recurses into it. */
function nestingOf(header: string): number {
  return decodeURIComponent(header).split(/[[{]/).length;
}
