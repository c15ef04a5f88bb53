import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { gunzipSync } from 'node:zlib';

export type Answer = { status: number; headers: IncomingHttpHeaders; text: string };
export type HttpClient = {
  ask(method: 'GET' | 'POST', path: string, body?: string, headers?: Record<string, string>): Promise<Answer>;
  /** Another browser tab: the same cookies, connections of its own. */
  openTab(): HttpClient;
  close(): void;
};

const answerMsMax = 15_000;
const connectionsMax = 6;

/** One browser's connections to one origin: kept alive, six at most, cookies kept, `Origin` on what changes anything. */
export function openHttpClient(origin: string, cookies = new Map<string, string>()): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connectionsMax });
  return { ask, openTab: () => openHttpClient(origin, cookies), close: () => agent.destroy() };

  function ask(
    method: 'GET' | 'POST',
    path: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const sent = request(
      new URL(path, origin),
      {
        method,
        agent,
        timeout: answerMsMax,
        headers: {
          // As every browser does: what a server spends on compressing counts.
          'accept-encoding': 'gzip',
          ...(method === 'POST' ? { origin, 'content-length': Buffer.byteLength(body ?? '') } : {}),
          ...(cookie === '' ? {} : { cookie }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          for (const line of response.headers['set-cookie'] ?? []) keep(line);
          const bytes = Buffer.concat(chunks);
          const isPacked = response.headers['content-encoding'] === 'gzip' && bytes.length > 0;
          try {
            const text = (isPacked ? gunzipSync(bytes) : bytes).toString('utf8');
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
          } catch (error) {
            reject(error);
          }
        });
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', reject);
    sent.end(body);
    return promise;
  }

  function keep(line: string): void {
    const [pair = ''] = line.split(';');
    const split = pair.indexOf('=');
    if (split > 0) cookies.set(pair.slice(0, split), pair.slice(split + 1));
  }
}
