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

/** Whether Next can read this `next-router-state-tree` header. */
export function isRouterTreeHeader(header: string): boolean {
  try {
    const value: unknown = JSON.parse(decodeURIComponent(header));
    return nestingOf(header) <= depthMax * 4 && routerTree.safeParse(value).success;
  } catch {
    return false;
  }
}

/** An upper bound of how deep the JSON goes, counted before anything recurses into it. */
function nestingOf(header: string): number {
  return decodeURIComponent(header).split(/[[{]/).length;
}
