// npm test: install what is missing, then run every check and test under Node 24.
import { installIfNeeded, refuse, runTied } from './bootstrap.mjs';

if (Number.parseInt(process.versions.node, 10) < 20) {
  refuse(`The tests need Node.js 20 or newer to start (this is ${process.version}): see https://nodejs.org.`);
}
installIfNeeded();
runTied('scripts/test.ts', process.argv.slice(2));
