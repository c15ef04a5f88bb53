import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export type WireAnswer = { status: number; headers: IncomingHttpHeaders; text: string };
/** A program's connections to one origin: kept alive, without a browser's headers. */
export type Wire = {
  ask(
    method: string,
    url: string,
    headers?: Record<string, string>,
    body?: Buffer | null,
  ): Promise<WireAnswer>;
  close(): void;
};

const answerMsMax = 40_000;

export function openWire(origin: string, connectionsMax = 8): Wire {
  const agent = new Agent({ keepAlive: true, maxSockets: connectionsMax });
  const { hostname, port } = new URL(origin);
  return { ask, close: () => agent.destroy() };

  function ask(
    method: string,
    url: string,
    headers: Record<string, string> = {},
    body: Buffer | null = null,
  ): Promise<WireAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<WireAnswer>();
    // The address goes out as it stands: whatever is wrong with it, the server is to see it.
    const sent = request(
      {
        agent,
        hostname,
        port,
        method,
        path: url,
        timeout: answerMsMax,
        headers: { ...headers, ...(body === null ? {} : { 'content-length': String(body.length) }) },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`no answer to ${method} ${url} in time`)));
    sent.on('error', reject);
    sent.end(body ?? undefined);
    return promise;
  }
}

/** JSON or undefined. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
