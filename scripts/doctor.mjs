// npm run doctor: checks this installation under Node 24, and changes nothing. Built-ins only, as nothing may be installed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir, refuse, runTied } from './bootstrap.mjs';

if (!existsSync(join(projectDir, 'node_modules', 'postgres'))) {
  refuse('✗ Dependencies: they are not installed → "npm start" installs them, or "npm ci".');
}
runTied('scripts/doctor.ts', process.argv.slice(2));
