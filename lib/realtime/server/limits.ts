/** What one app, one connection and one request may use. The hosted service's figures where it has one. */
export type RealtimeLimits = {
  connectionsPerAppMax: number;
  /** Per IPv4 address or IPv6 /64. Loopback is exempt: behind a local proxy everybody comes from there. */
  connectionsPerAddressMax: number;
  subscriptionsPerConnectionMax: number;
  frameBytesMax: number;
  /** Frames a client may send in one heartbeat round before it is told to come back later. */
  framesPerRoundMax: number;
  /** Unsent bytes on one socket above which it counts as stuck and is closed. */
  bufferedBytesMax: number;
  eventNameCharsMax: number;
  eventDataBytesMax: number;
  channelsPerEventMax: number;
  eventsPerBatchMax: number;
  /** Room for a full batch: ten times 10 KB, doubled where JSON escapes it, and the names. */
  bodyBytesMax: number;
  membersPerChannelMax: number;
  userIdCharsMax: number;
  userInfoBytesMax: number;
  clientEventsPerSecondMax: number;
  cachedEventsMax: number;
  cachedEventMs: number;
};

export const defaultLimits: RealtimeLimits = {
  connectionsPerAppMax: 20_000,
  connectionsPerAddressMax: 5_000,
  subscriptionsPerConnectionMax: 250,
  frameBytesMax: 16 * 1024,
  framesPerRoundMax: 2_000,
  bufferedBytesMax: 1024 * 1024,
  eventNameCharsMax: 200,
  eventDataBytesMax: 10 * 1024,
  channelsPerEventMax: 100,
  eventsPerBatchMax: 10,
  bodyBytesMax: 240 * 1024,
  membersPerChannelMax: 100,
  userIdCharsMax: 128,
  userInfoBytesMax: 1024,
  clientEventsPerSecondMax: 10,
  cachedEventsMax: 1_000,
  cachedEventMs: 30 * 60_000,
};
