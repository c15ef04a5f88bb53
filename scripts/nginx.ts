import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Refusal } from './refusal.ts';

const template = fileURLToPath(new URL('../docs/self-hosting/nginx.conf', import.meta.url));
/** What a person's PATH often lacks. */
const usualPlaces = ['/usr/sbin', '/usr/local/sbin', '/usr/local/nginx/sbin', '/opt/homebrew/bin'];
const readyMsMax = 10_000;
const pollMs = 25;

export type NginxPorts = {
  listen: number;
  /** The address to listen on; undefined for every one. */
  host?: string | undefined;
  instances: readonly [number, number];
  realtime: number;
};

export type Nginx = {
  pid: number;
  exited: Promise<void>;
  stop(): Promise<void>;
};

/** The nginx of this machine. Throws a Refusal where there is none. */
export function findNginx(): string {
  const places = [...(process.env.PATH ?? '').split(':'), ...usualPlaces].filter((place) => place !== '');
  const found = places.map((place) => join(place, 'nginx')).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Refusal(
    'nginx was not found: install it with your system\'s packages (such as "apt-get install nginx") and run this again.',
  );
}

/** Runs the documentation's example with other ports, everything of it below `dir`; resolves when it answers. */
export async function startNginx(binary: string, dir: string, ports: NginxPorts): Promise<Nginx> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  await stopStale(dir);
  writeFileSync(join(dir, 'parley.conf'), renderSite(readFileSync(template, 'utf8'), ports));
  writeFileSync(join(dir, 'nginx.conf'), renderMain(dir));
  const args = ['-p', dir, '-c', join(dir, 'nginx.conf')];
  const tried = spawnSync(binary, [...args, '-t', '-q'], { encoding: 'utf8' });
  if (tried.status !== 0) {
    throw new Refusal(`nginx does not take its configuration in ${dir}: ${tried.stderr.trim()}`);
  }
  // Its own process group: Ctrl-C reaches whoever stops it in order.
  const child = spawn(binary, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  await untilListening(child, ports, dir);
  return {
    pid: child.pid ?? 0,
    exited,
    async stop() {
      // Not gracefully: that would wait for every socket of every browser.
      child.kill('SIGTERM');
      const hurry = setTimeout(() => child.kill('SIGKILL'), 3_000);
      await exited;
      clearTimeout(hurry);
    },
  };
}

/** The example with these ports. Each of its own must be there, or the two have grown apart. */
export function renderSite(text: string, { listen, host, instances, realtime }: NginxPorts): string {
  const replacements: [string, string][] = [
    ['listen 3000;', `listen ${host === undefined ? '' : `${host}:`}${listen};`],
    ['server 127.0.0.1:3001 ', `server 127.0.0.1:${instances[0]} `],
    ['server 127.0.0.1:3002 ', `server 127.0.0.1:${instances[1]} `],
    ['server 127.0.0.1:6001 ', `server 127.0.0.1:${realtime} `],
  ];
  return replacements.reduce((rendered, [from, to]) => {
    if (rendered.split(from).length !== 2)
      throw new Error(`docs/self-hosting/nginx.conf has not one "${from}"`);
    return rendered.replace(from, to);
  }, text);
}

function renderMain(dir: string): string {
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `${process.getuid?.() === 0 ? 'user root;\n' : ''}worker_processes 2;
daemon off;
pid ${join(dir, 'nginx.pid')};
error_log ${join(dir, 'error.log')} warn;
events { worker_connections 8192; }
http {
  access_log off;
${folders.map((name) => `  ${name}_temp_path ${join(dir, name)};`).join('\n')}
  include ${join(dir, 'parley.conf')};
}
`;
}

/** One that a killed cluster left behind still holds the port. */
async function stopStale(dir: string): Promise<void> {
  const pidFile = join(dir, 'nginx.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
  rmSync(pidFile, { force: true });
  if (!(pid > 1) || !commandOf(pid).includes(join(dir, 'nginx.conf'))) return;
  process.kill(pid, 'SIGTERM');
  for (const until = Date.now() + 5_000; Date.now() < until && commandOf(pid) !== ''; ) await delay(pollMs);
}

function commandOf(pid: number): string {
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
}

async function untilListening(child: ChildProcess, { listen, host }: NginxPorts, dir: string): Promise<void> {
  for (const until = Date.now() + readyMsMax; ; await delay(pollMs)) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
      throw new Refusal('nginx ended at once; its reason is printed above.');
    }
    if (existsSync(join(dir, 'nginx.pid')) && (await takes(listen, host ?? '127.0.0.1'))) return;
    if (Date.now() > until) {
      child.kill('SIGKILL');
      throw new Refusal(`nginx did not listen on port ${listen} within ${readyMsMax / 1000} s.`);
    }
  }
}

function takes(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(port, host);
    probe.once('connect', () => resolve(true));
    probe.once('error', () => resolve(false));
    probe.once('connect', () => probe.destroy());
  });
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
