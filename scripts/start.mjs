// npm start: install what is missing, then hand over to the launcher under Node 24.
import { installIfNeeded, refuse, runTied } from './bootstrap.mjs';

if (Number.parseInt(process.versions.node, 10) < 20) {
  refuse(`Parley needs Node.js 20 or newer to start (this is ${process.version}): see https://nodejs.org.`);
}
installIfNeeded();
runTied('scripts/launch.ts', process.argv.slice(2));
