/**
 * What the driver needs from a system under test. One file in `adapters/` makes these over the system's own public
 * interface, the way its real clients use it. Every message carries a text that exists once, so that a message is
 * recognised on the other side whatever ids the system makes.
 */
export type Adapter = {
  name: string;
  /** Starts the system on an empty data folder, its production build; the conductor's process calls it. */
  start(): Promise<RunningSystem>;
  /** Connects to a started system from the load generator's process. */
  open(access: Access): Promise<Clients>;
};

/** What `open` needs to know, as plain JSON: it crosses from one process to another. */
export type Access = Record<string, string>;

export type RunningSystem = {
  access: Access;
  /** Roots of the process trees whose memory counts. */
  pids: () => number[];
  /**
   * Fills the system up to this many tickets in all, half of them open, one of them with a conversation of at least
   * 1,000 messages; answers that one and how many it has.
   */
  seed(tickets: number): Promise<LongConversation>;
  /** Stops everything, starts it again on the same data, and answers how long it took until it could be used. */
  restart(): Promise<{ readyMs: number }>;
  stop(): Promise<void>;
};

export type LongConversation = { conversationId: string; newest: number };

export type Clients = {
  connectCustomer(): Promise<CustomerClient>;
  connectAgent(): Promise<AgentClient>;
  close(): Promise<void>;
};

export type SeenMessage = { conversationId: string; text: string };
export type SeenTyping = { conversationId: string; isTyping: boolean };

/** One browser of one customer. Promises of `send` and `startConversation` settle when the system acknowledged. */
export type CustomerClient = {
  startConversation(text: string): Promise<{ conversationId: string }>;
  /** Another tab of the same customer, with a connection of its own. */
  openTab(): Promise<CustomerClient>;
  send(conversationId: string, text: string): Promise<void>;
  setTyping(conversationId: string, isTyping: boolean): Promise<void>;
  onMessage(listener: (message: SeenMessage) => void): void;
  close(): void;
};

export type AgentClient = {
  /** Receives this conversation's messages and typing from now on. */
  watch(conversationId: string): Promise<void>;
  send(conversationId: string, text: string): Promise<void>;
  onMessage(listener: (message: SeenMessage) => void): void;
  onTyping(listener: (typing: SeenTyping) => void): void;
  /** The row of the list changed: its newest message is `text`. */
  onListRow(listener: (row: SeenMessage) => void): void;
  /** The newest open tickets; answers how many came. */
  listTickets(limit: number): Promise<number>;
  /** The page of history that ends below `before`; answers how many messages came. */
  pageHistory(conversationId: string, before: number, limit: number): Promise<number>;
  close(): void;
};
