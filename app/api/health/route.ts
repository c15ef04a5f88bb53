import { readiness } from '#/lib/readiness.ts';

export const dynamic = 'force-dynamic';

/**
 * 200 while this process can do its work, 503 with the names of what is failing when it cannot. Asked through Next, as
 * people's requests are; /api/health/live and /api/health/ready are answered in front of it.
 */
export async function GET(): Promise<Response> {
  const { status, parts } = await readiness();
  const isReady = status !== 'failing';
  const failing = Object.keys(parts).filter((name) => parts[name] === 'failing');
  return Response.json(
    { ready: isReady, failing },
    {
      status: isReady ? 200 : 503,
      headers: { 'Cache-Control': 'no-store', ...(isReady ? {} : { 'Retry-After': '1' }) },
    },
  );
}
