import type { NextConfig } from 'next';

const buildId = process.env.PARLEY_BUILD_ID;

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm test` runs tsc over everything; a build does not have to do it again.
  typescript: { ignoreBuildErrors: true },
  images: { unoptimized: true },
  // The browser speaks to the live server over a socket alone: scripts/build-live-library.ts.
  turbopack: { resolveAlias: { 'pusher-js': { browser: './.generated/live-library.js' } } },
  serverExternalPackages: ['postgres', 'pusher', '@node-rs/argon2'],
  ...(buildId === undefined ? {} : { deploymentId: buildId, generateBuildId: () => buildId }),
};

export default config;
