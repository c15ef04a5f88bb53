// Preloaded with --import where db/ is loaded by Node itself. As ES modules drizzle's 200 files import each other in
// circles, and linking those costs half a second and 200 MiB of garbage; as CommonJS they take a tenth of both.
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (!/^drizzle-orm(?:\/|$)/.test(specifier)) return nextResolve(specifier, context);
    return nextResolve(specifier, { ...context, conditions: ['require', 'node'] });
  },
});
