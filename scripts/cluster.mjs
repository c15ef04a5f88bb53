// npm run cluster: install what is missing, then hand over under Node 24; ends what a killed one would leave behind.
import { installIfNeeded, refuse, runTied } from './bootstrap.mjs';

if (Number.parseInt(process.versions.node, 10) < 20) {
  refuse(`Parley needs Node.js 20 or newer to start (this is ${process.version}): see https://nodejs.org.`);
}
installIfNeeded();
runTied('scripts/cluster.ts', process.argv.slice(2));
