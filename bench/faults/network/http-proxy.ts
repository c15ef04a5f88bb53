import { once } from 'node:events';
import {
  Agent,
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request as openRequest,
  type ServerResponse,
} from 'node:http';
import { Socket } from 'node:net';
import type { Target } from '#/bench/faults/network/link.ts';
import { openSocketProxy, type SocketProxy } from '#/bench/faults/network/socket-proxy.ts';

/** What happens to one request. The work is done where nothing else is said; `lose` and `cut` break the connection. */
export type Fate =
  | 'pass'
  /** Broken off before anything was forwarded. */
  | 'drop'
  /** Neither forwarded nor answered. */
  | 'blackHole'
  /** Forwarded; the answer never comes. */
  | 'holdAnswer'
  /** Forwarded; when the server has answered, the connection breaks. */
  | 'loseAnswer'
  /** Forwarded twice at once; the first answer counts. */
  | 'double'
  | { delayMs: number }
  | { answerDelayMs: number }
  /** Answered by the proxy, with the work done first or not. */
  | { status: number; afterWork: boolean; retryAfterSeconds?: number }
  /** The answer's head and this many bytes of its body, then the connection breaks. */
  | { cutAnswerAfterBytes: number };

/** What was really done, in requests. `lateRequests` and `lateAnswers` are those that were delayed. */
export type HttpCounts = {
  requests: number;
  dropped: number;
  blackHoled: number;
  heldAnswers: number;
  lostAnswers: number;
  doubled: number;
  lateRequests: number;
  lateAnswers: number;
  /** Statuses that the proxy answered itself, without and after the work. */
  refusedUnworked: number;
  refusedWorked: number;
  cutAnswers: number;
  /** The server could not be reached or broke off, which no fault of the proxy did. */
  unreachable: number;
};

export type HttpProxy = {
  host: string;
  port: number;
  /** As a browser would write it. */
  url: string;
  /** WebSockets, which take the same way. */
  sockets: SocketProxy;
  setTarget(target: Target): void;
  /** Decides for each request; null lets everything pass. */
  setFate(decide: ((request: IncomingMessage) => Fate) | null): void;
  /** While on, nothing passes, sockets included, and nobody is told. What waited then is never answered. */
  blackHole(isOn: boolean): void;
  /** Breaks all connections of clients, sockets included: how many. */
  cutAll(): number;
  /** Requests of which nobody will ever hear again, unless the network heals or who asked gives up. */
  hanging(): number;
  counts(): HttpCounts;
  /** No faults any more; who still waits for an answer that will not come is cut. */
  heal(): void;
  close(): Promise<void>;
};

/** A reverse proxy that fails when told to: HTTP/1.1 with connections kept alive, bodies streamed both ways. */
export async function openHttpProxy(options: { target: Target; random: () => number }): Promise<HttpProxy> {
  let { target } = options;
  const sockets = openSocketProxy(options);
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 256 });
  const waiting = new Set<ServerResponse>();
  const timers = new Set<NodeJS.Timeout>();
  let decide: ((request: IncomingMessage) => Fate) | null = null;
  let isBlackHole = false;
  const counts: HttpCounts = {
    requests: 0,
    dropped: 0,
    blackHoled: 0,
    heldAnswers: 0,
    lostAnswers: 0,
    doubled: 0,
    lateRequests: 0,
    lateAnswers: 0,
    refusedUnworked: 0,
    refusedWorked: 0,
    cutAnswers: 0,
    unreachable: 0,
  };
  const server = createServer({ keepAliveTimeout: 120_000, requestTimeout: 0, headersTimeout: 0 });
  const connections = new Set<Socket>();
  server.on('connection', (connection) => {
    connections.add(connection);
    connection.on('close', () => connections.delete(connection));
  });
  server.on('upgrade', (request, socket, head) => {
    if (socket instanceof Socket) connections.delete(socket);
    sockets.upgrade(request, socket, head);
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  server.on('request', (request, response) => {
    counts.requests++;
    request.on('error', () => {});
    response.on('error', () => {});
    meet(isBlackHole ? 'blackHole' : (decide?.(request) ?? 'pass'), request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  function meet(fate: Fate, request: IncomingMessage, response: ServerResponse): void {
    if (fate === 'pass') return void relay(request, response, (answer) => passOn(answer, response));
    if (fate === 'drop') {
      counts.dropped++;
      return void breakOff(response);
    }
    if (fate === 'blackHole') {
      counts.blackHoled++;
      request.resume();
      return void leaveWaiting(response);
    }
    if (fate === 'double') return void double(request, response);
    if (fate === 'holdAnswer') {
      return void relay(request, response, (answer) => {
        whenRead(answer, () => {
          counts.heldAnswers++;
          leaveWaiting(response);
        });
      });
    }
    if (fate === 'loseAnswer') {
      return void relay(request, response, (answer) => {
        whenRead(answer, () => {
          counts.lostAnswers++;
          breakOff(response);
        });
      });
    }
    if ('delayMs' in fate) {
      counts.lateRequests++;
      return void later(fate.delayMs, () => meet('pass', request, response));
    }
    if ('answerDelayMs' in fate) {
      return void relay(request, response, (answer) => {
        counts.lateAnswers++;
        later(fate.answerDelayMs, () => passOn(answer, response));
      });
    }
    if ('cutAnswerAfterBytes' in fate) {
      return void relay(request, response, (answer) => cutAfter(answer, response, fate.cutAnswerAfterBytes));
    }
    if (!fate.afterWork) {
      request.resume();
      counts.refusedUnworked++;
      return void refuse(response, fate);
    }
    relay(request, response, (answer) => {
      whenRead(answer, () => {
        counts.refusedWorked++;
        refuse(response, fate);
      });
    });
  }

  /** Forwards a request as it comes; whoever asked hears `onAnswer`, or the connection breaks as the server's did. */
  function relay(
    request: IncomingMessage,
    response: ServerResponse,
    onAnswer: (answer: IncomingMessage) => void,
  ): void {
    const sent = forward(request);
    sent.on('response', onAnswer);
    sent.on('error', () => {
      if (!response.destroyed && !waiting.has(response)) counts.unreachable++;
      breakOff(response);
    });
    response.on('close', () => {
      if (!response.writableFinished) sent.destroy();
    });
    request.pipe(sent);
  }

  function forward({ method = 'GET', url = '/', rawHeaders }: IncomingMessage): ClientRequest {
    return openRequest({ ...target, agent, method, path: url, headers: rawHeaders });
  }

  /** While nothing passes, an answer does not either. */
  function passOn(answer: IncomingMessage, response: ServerResponse): void {
    if (isBlackHole) {
      answer.resume();
      counts.blackHoled++;
      return void leaveWaiting(response);
    }
    answer.on('error', () => breakOff(response));
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders);
    answer.pipe(response);
  }

  function cutAfter(answer: IncomingMessage, response: ServerResponse, bytesMax: number): void {
    let left = bytesMax;
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders);
    response.flushHeaders();
    answer.on('error', () => {});
    answer.on('data', (bytes: Buffer) => {
      if (left > 0) response.write(bytes.subarray(0, left));
      left -= bytes.length;
    });
    // Not before the server is done, so that the work is.
    answer.on('end', () => {
      if (left < 0 || answer.headers['content-length'] === undefined) counts.cutAnswers++;
      response.socket?.end(() => breakOff(response));
    });
  }

  function double(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (bytes: Buffer) => chunks.push(bytes));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const both = [forward(request), forward(request)];
      let failures = 0;
      let answers = 0;
      for (const sent of both) {
        sent.on('error', () => {
          if (++failures === both.length) breakOff(response);
        });
        sent.on('response', (answer) => {
          if (++answers === both.length) counts.doubled++;
          if (response.headersSent || response.destroyed) whenRead(answer, () => {});
          else passOn(answer, response);
        });
        sent.end(body);
      }
    });
  }

  function leaveWaiting(response: ServerResponse): void {
    if (response.destroyed) return;
    waiting.add(response);
    response.on('close', () => waiting.delete(response));
  }

  function later(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      then();
    }, ms);
    timers.add(timer);
  }

  function cutAll(): number {
    const cut = sockets.cutAll() + connections.size;
    for (const connection of connections) connection.destroy();
    return cut;
  }

  return {
    host: '127.0.0.1',
    port,
    url: `http://localhost:${port}`,
    sockets,
    setTarget(next) {
      target = next;
      sockets.setTarget(next);
    },
    setFate(next) {
      decide = next;
    },
    blackHole(isOn) {
      isBlackHole = isOn;
      sockets.blackHole(isOn);
    },
    cutAll,
    hanging: () => waiting.size,
    counts: () => ({ ...counts }),
    heal() {
      decide = null;
      isBlackHole = false;
      for (const response of waiting) breakOff(response);
      sockets.heal();
    },
    async close() {
      for (const timer of timers) clearTimeout(timer);
      server.close();
      server.closeAllConnections();
      sockets.close();
      agent.destroy();
      await once(server, 'close');
    },
  };
}

function breakOff(response: ServerResponse): void {
  response.destroy();
}

/** Reads an answer to its end without passing it on; one that breaks off was no answer, and the request's error says so. */
function whenRead(answer: IncomingMessage, then: () => void): void {
  answer.on('error', () => {});
  answer.on('end', then);
  answer.resume();
}

function refuse(
  response: ServerResponse,
  { status, retryAfterSeconds }: { status: number; retryAfterSeconds?: number },
): void {
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  response.writeHead(status, { 'content-type': 'text/html', ...headers });
  response.end(`<h1>${status}</h1>`);
}
