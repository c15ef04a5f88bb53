import { record } from '#/lib/embed/protocol.ts';

/** Who the page says is here: in its memory alone, for a token is good for little more than an hour. */
export type HostIdentity = {
  /** False: it is neither a token nor a function that gets one. */
  take(given: unknown): boolean;
  /** A token that is told once; null: there is none, or only `askToken` knows. */
  takeToken(): string | null;
  askToken(): Promise<string | null>;
  /** Whom the token names that was taken or asked last, by the site's own id; empty when that is not known. */
  subject(): string;
  /** The frame was told of what was taken last. */
  told(): void;
  /** The frame has settled it. */
  settled(): void;
  isUntold(): boolean;
  isSettling(): boolean;
  /** Whether these were taken last: a component says them each time that it is rendered. */
  isSame(token: unknown, getToken: unknown): boolean;
  forget(): void;
};

export function openHostIdentity(): HostIdentity {
  let token: string | null = null;
  let subject = '';
  let getToken: (() => unknown) | null = null;
  let last: { token: unknown; getToken: unknown } | null = null;
  let state: 'none' | 'untold' | 'told' = 'none';

  function takeToken() {
    const given = token;
    token = null;
    return given;
  }

  return {
    take(given) {
      const { token: one, getToken: getOne } = record(given);
      if (!isText(one) && !isGetter(getOne)) return false;
      token = isText(one) ? one : null;
      subject = subjectOf(token);
      getToken = isGetter(getOne) ? getOne : null;
      last = { token: one, getToken: getOne };
      state = 'untold';
      return true;
    },
    takeToken,
    async askToken() {
      try {
        const got = takeToken() ?? (await getToken?.());
        if (!isText(got)) return null;
        subject = subjectOf(got);
        return got;
      } catch {
        // The page's own trouble: nobody is identified.
        return null;
      }
    },
    subject: () => subject,
    told() {
      state = 'told';
    },
    settled() {
      if (state === 'told') state = 'none';
    },
    isUntold: () => state === 'untold',
    isSettling: () => state !== 'none',
    isSame: (one, getOne) => last !== null && last.token === one && last.getToken === getOne,
    // What was taken last stays known: whoever is shut down must not come back with the next rendering.
    forget() {
      token = null;
      getToken = null;
      state = 'none';
    },
  };
}

/** Read and not believed: what a token says is for the server to check. */
function subjectOf(token: string | null): string {
  try {
    const claims = token?.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '';
    return `${record(JSON.parse(atob(claims))).sub}`;
  } catch {
    return '';
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isGetter(value: unknown): value is () => unknown {
  return typeof value === 'function';
}
