import { readiness } from '#/lib/readiness.ts';

export const dynamic = 'force-dynamic';

/** 200 while this process can do its work, 503 with the names of what is failing when it cannot. */
export async function GET(): Promise<Response> {
  const failing = await readiness();
  const status = failing.length === 0 ? 200 : 503;
  return Response.json(
    { ready: failing.length === 0, failing },
    { status, headers: { 'Cache-Control': 'no-store' } },
  );
}
