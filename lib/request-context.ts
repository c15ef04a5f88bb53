import { AsyncLocalStorage } from 'node:async_hooks';
import { processSingleton } from '#/lib/process.ts';

/** The request that the running code works for. Nothing in it comes from the client. */
export type RequestContext = { requestId: string; isOver: boolean };

const storage = () =>
  processSingleton(
    'request-context',
    () => new AsyncLocalStorage<RequestContext>({ name: 'parley-request' }),
  );

/** Runs `work` so that everything it starts, in Next's bundle too, logs the request's id until the answer is out. */
export function inRequest<Value>(context: RequestContext, work: () => Value): Value {
  return storage().run(context, work);
}

/**
 * The id of the request that is being answered; undefined outside of one. Loops that one request started and that
 * work for others afterwards (publishing in lanes, say) must not go on under its name.
 */
export function requestIdNow(): string | undefined {
  const context = storage().getStore();
  return context === undefined || context.isOver ? undefined : context.requestId;
}
