import type { Failure, Result } from '#/lib/errors.ts';
import type { PreChatForm } from '#/lib/pre-chat/form.ts';
import type { Answers } from '#/lib/pre-chat/schema.ts';
import type { Ending, Rating } from '#/lib/ratings/limits.ts';
import type { RateInput } from '#/lib/ratings/schema.ts';

/** What the frame asks of the server around a conversation; loaded when the first of it is needed. Nothing in it throws. */
export type Services = {
  fetchEnding(conversationId: string): Promise<Result<Ending>>;
  rate(input: RateInput): Promise<Result<Rating>>;
  leaveAddress(input: { email: string }): Promise<Result<{ email: string }>>;
  /** As a file in the language and zone of whoever reads it. */
  fetchTranscript(conversationId: string, lang: string): Promise<Result<{ name: string; file: Blob }>>;
  fetchForm(): Promise<Result<{ preChat: PreChatForm | null }>>;
};

/** Runs a request with the session's token. */
export type AskWithToken = <Value>(
  request: (token: string) => Promise<Result<Value>>,
) => Promise<Result<Value>>;

/** The form that stands before a conversation, as it is filled in. */
export type OpenForm = {
  form: PreChatForm;
  answers: Answers;
  /** Why the server did not take a first message with these answers; that message waits for better ones. */
  refusal: Failure | null;
};
