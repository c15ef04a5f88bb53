import { fileURLToPath } from 'node:url';
import { checkDatabaseAt, checkEmbedded, readEmbedded } from './doctor-database.ts';
import {
  askPort,
  checkBuild,
  checkFolder,
  checkNode,
  checkOpenFiles,
  checkParts,
  checkPort,
  checkRateScale,
  checkSecretsFile,
  checkSpace,
  findDataFolder,
  readSecrets,
  readSettings,
  type Variables,
} from './doctor-machine.ts';
import { checkProxies, checkPublicUrl, checkRealtimeServer } from './doctor-network.ts';
import { type Finding, lineOf, unknown } from './finding.ts';

const projectDir = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** Looks at an installation, running or not, and changes nothing. `variables` is its environment. */
export async function examine(variables: Variables): Promise<Finding[]> {
  const dataDir = findDataFolder(projectDir, variables.PARLEY_DATA);
  const secrets = readSecrets(dataDir);
  const { finding: settings, env } = readSettings(variables, secrets);
  const machine = [
    checkNode(),
    checkFolder(dataDir),
    checkSpace(dataDir),
    checkSecretsFile(dataDir),
    settings,
    checkBuild(projectDir),
    checkOpenFiles(),
  ];
  if (env === undefined) return machine;
  const host = env.host === undefined || env.host === '0.0.0.0' || env.host === '::' ? '127.0.0.1' : env.host;
  const answering = await askPort(host, env.port);
  const isEmbedded = !variables.DATABASE_URL;
  const databaseUrl = isEmbedded ? findEmbeddedUrl(dataDir, secrets) : variables.DATABASE_URL;
  return [
    ...machine,
    checkPort(env.port, answering),
    ...checkParts(answering),
    ...(isEmbedded ? [checkEmbedded(dataDir)] : []),
    ...(databaseUrl === undefined
      ? [unknown('Database', 'part of Parley, which is not running')]
      : await checkDatabaseAt(databaseUrl, env)),
    await checkRealtimeServer(env, answering.isOurs),
    await checkPublicUrl(env, answering.isOurs),
    checkProxies(env),
    checkRateScale(env.rateLimitScale),
  ];
}

function findEmbeddedUrl(dataDir: string, secrets: Variables | undefined): string | undefined {
  const { isRunning, port } = readEmbedded(dataDir);
  const password = secrets?.POSTGRES_APP_PASSWORD;
  return isRunning && port !== undefined && password !== undefined
    ? `postgres://parley:${encodeURIComponent(password)}@127.0.0.1:${port}/parley`
    : undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const findings = await examine(process.env);
  const isWell = findings.every(({ state }) => state !== 'broken');
  if (process.argv.includes('--json')) console.log(JSON.stringify({ ok: isWell, checks: findings }, null, 2));
  else {
    for (const finding of findings) console.log(lineOf(finding));
    console.log(isWell ? '\nNothing is broken.' : '\nWhat is marked ✗ is broken.');
  }
  process.exit(isWell ? 0 : 1);
}
