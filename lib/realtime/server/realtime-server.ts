import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createEventCache } from './event-cache.ts';
import { answerApiRequest, appIdOf, refusal, refuseRequest, reply } from './http-api.ts';
import { createHub, type Hub, type RealtimeApp } from './hub.ts';
import { defaultLimits, type RealtimeLimits } from './limits.ts';
import { unescapePath } from './signature.ts';
import { createSocketServer, type RealtimeLogger } from './socket-server.ts';

export type { RealtimeApp } from './hub.ts';
export type { RealtimeLimits } from './limits.ts';
export type { RealtimeLogger } from './socket-server.ts';

export type RealtimeServerOptions = {
  apps: RealtimeApp[];
  limits?: Partial<RealtimeLimits>;
  /** After this much silence clients ask whether we are there, and we ask whether they are. */
  activityTimeoutSeconds?: number;
  /** Milliseconds since 1970; tests set their own. */
  now?: () => number;
  logger?: RealtimeLogger;
};

export type RealtimeStats = {
  connections: number;
  channels: number;
  subscriptions: number;
  /** Frames sent on channels since the start. */
  messagesSent: number;
};

export type RealtimeServer = {
  /** Takes `GET /app/{key}` upgrades; false when the path is not its own. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, remoteAddress?: string): boolean;
  /** Takes `/apps/{id}/…` requests (the HTTP API); false when the path is not its own. */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean;
  stats(): RealtimeStats;
  /** Tells every client to reconnect at once (4200), and resolves when they are gone. */
  close(): Promise<void>;
};

const activityTimeoutSecondsDefault = 15;
const silentLogger: RealtimeLogger = { info() {}, warn() {}, error() {} };

/**
 * Speaks the Pusher Channels protocol, version 7, and its HTTP API: clients cannot tell it from the hosted
 * service. Holds everything in memory and delivers at most once, as that does.
 */
export function createRealtimeServer(options: RealtimeServerOptions): RealtimeServer {
  const limits: RealtimeLimits = { ...defaultLimits, ...options.limits };
  const now = options.now ?? Date.now;
  const logger = options.logger ?? silentLogger;
  const activityTimeoutSeconds = options.activityTimeoutSeconds ?? activityTimeoutSecondsDefault;
  const hubs = options.apps.map((app) =>
    createHub(app, limits, createEventCache(limits.cachedEventsMax, limits.cachedEventMs, now)),
  );
  const hubById = new Map(hubs.map((hub) => [hub.app.id, hub]));
  const sockets = createSocketServer({ hubs, limits, activityTimeoutSeconds, now, logger });
  let isClosing = false;

  async function answer(appId: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const hub = hubById.get(unescapePath(appId) ?? '');
    if (isClosing) await refuseRequest(request, response, 503, 'Restarting');
    else if (!hub) await refuseRequest(request, response, 404, 'Unknown application');
    else await answerApiRequest(hub, request, response, now());
  }

  return {
    handleUpgrade: sockets.handleUpgrade,
    handleRequest(request, response) {
      const appId = appIdOf(request.url ?? '');
      if (appId === null) return false;
      answer(appId, request, response).catch((error: unknown) => {
        // A sender that went away is no surprise, and nobody is there to answer.
        if (request.errored || response.destroyed) return;
        logger.error({ error }, 'realtime: an API request failed');
        reply(response, refusal(500, 'Internal error'));
      });
      return true;
    },
    stats: () => statsOf(hubs),
    close() {
      isClosing = true;
      return sockets.close();
    },
  };
}

function statsOf(hubs: Hub[]): RealtimeStats {
  const stats = { connections: 0, channels: 0, subscriptions: 0, messagesSent: 0 };
  for (const hub of hubs) {
    stats.connections += hub.connections.size;
    stats.channels += hub.channels.size;
    stats.messagesSent += hub.messagesSent;
    for (const channel of hub.channels.values()) stats.subscriptions += channel.subscribers.size;
  }
  return stats;
}
