import NextAuth from 'next-auth';
import Credentials from 'next-auth/providers/credentials';
import { checkPassword } from '#/lib/agents/service.ts';
import { isSecureCookie } from '#/lib/auth/agent-cookie.ts';
import { env } from '#/lib/env.ts';
import { addressHeader } from '#/lib/forwarded.ts';

const sessionLivesForSeconds = 14 * 24 * 60 * 60;

// Built on use: the environment is not there while the app is being built.
export const { handlers, signIn, signOut } = NextAuth(() => ({
  secret: env().authSecret,
  trustHost: true,
  useSecureCookies: isSecureCookie(),
  pages: { signIn: '/sign-in', error: '/sign-in' },
  session: { strategy: 'jwt', maxAge: sessionLivesForSeconds },
  logger: { error: () => {}, warn: () => {}, debug: () => {} },
  providers: [
    Credentials({
      credentials: { email: {}, password: {} },
      async authorize(credentials, request) {
        const { email, password } = credentials;
        if (typeof email !== 'string' || typeof password !== 'string') return null;
        return checkPassword({ email, password, address: request.headers.get(addressHeader) ?? '' });
      },
    }),
  ],
  callbacks: {
    jwt({ token, user }) {
      const sessionVersion: unknown =
        user === undefined ? token.sessionVersion : Reflect.get(user, 'sessionVersion');
      // Nothing but what the check needs: names and addresses stay out of the cookie.
      const sub = user?.id ?? token.sub;
      return { ...(sub === undefined ? {} : { sub }), sessionVersion };
    },
    session: ({ session }) => ({ expires: session.expires }),
  },
}));
