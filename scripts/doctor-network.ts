import { lookup } from 'node:dns/promises';
import type { Env } from '#/lib/env.ts';
import { sign } from '#/lib/realtime/server/signature.ts';
import { askJson } from './doctor-machine.ts';
import { advice, broken, type Finding, fine, unknown } from './finding.ts';

const askMsMax = 4_000;

/** Asks the realtime server something that changes nothing, signed as everything that is published to it. */
export async function checkRealtimeServer({ realtime }: Env, isRunning: boolean): Promise<Finding> {
  const name = 'Realtime server';
  const { mode, host, port, tls, appId, key, secret } = realtime;
  if (mode === 'embedded' && !isRunning) return unknown(name, 'part of Parley, which is not running');
  const path = `/apps/${appId}/channels`;
  const query = new URLSearchParams({
    auth_key: key,
    auth_timestamp: String(Math.floor(Date.now() / 1000)),
    auth_version: '1.0',
    filter_by_prefix: 'presence-parley-doctor',
  });
  query.append('auth_signature', sign(secret, `GET\n${path}\n${query}`));
  const where = `${tls ? 'https' : 'http'}://${host}:${port}`;
  try {
    const response = await fetch(`${where}${path}?${query}`, { signal: AbortSignal.timeout(askMsMax) });
    await response.text();
    return findingOf(response.status, where, mode);
  } catch {
    const next =
      mode === 'apart' ? 'start it: npm run realtime' : 'check PUSHER_HOST, PUSHER_PORT and PUSHER_TLS';
    return broken(name, `${where} does not answer: nothing is pushed`, next);
  }
}

function findingOf(status: number, where: string, mode: Env['realtime']['mode']): Finding {
  const name = 'Realtime server';
  const names =
    mode === 'external' ? 'PUSHER_APP_ID, PUSHER_KEY and PUSHER_SECRET' : 'REALTIME_* (secrets.json)';
  if (status === 200) return fine(name, `${where} takes our signature`);
  if (status === 401 || status === 403 || status === 404)
    return broken(
      name,
      `${where} refuses our signature (${status})`,
      `give it the same ${names}, and check both clocks`,
    );
  return broken(name, `${where} answers ${status}`, 'look into its log');
}

/** Whether the address that people are given can be theirs, and leads here. */
export async function checkPublicUrl({ publicUrl, host }: Env, isRunning: boolean): Promise<Finding> {
  const name = 'PUBLIC_URL';
  if (publicUrl === undefined) {
    const isOwnMachine = host !== undefined && /^(127\.|localhost$|::1$)/.test(host);
    return isOwnMachine
      ? fine(name, 'not set, and only this machine can reach Parley')
      : advice(
          name,
          'not set: links and the origin check follow what each request names',
          'set it to the address that people use',
        );
  }
  const { protocol, hostname } = new URL(publicUrl);
  const isLocal = /^(localhost|127\.|\[::1\])/.test(hostname);
  if (!isLocal && (await lookup(hostname.replace(/^\[|\]$/g, '')).catch(() => null)) === null)
    return broken(name, `${hostname} is not known to the DNS`, 'correct PUBLIC_URL, or add the name');
  if (protocol === 'http:' && !isLocal)
    return advice(name, `${publicUrl} is not encrypted`, 'put a proxy with TLS in front and use https://');
  if (!isRunning) return fine(name, publicUrl);
  const live = await askJson(`${publicUrl}/api/health/live`);
  return live !== null && Reflect.get(live, 'status') === 'ok'
    ? fine(name, `${publicUrl} leads to Parley`)
    : advice(
        name,
        `${publicUrl} does not lead to Parley from this machine`,
        'check the proxy and the firewall',
      );
}

/** Whether the addresses that limits count by can be believed. */
export function checkProxies({ publicUrl, hasProxies, isTrustedProxy }: Env): Finding {
  const name = 'TRUSTED_PROXIES';
  // Addresses set aside for documentation: nobody's proxy, so they are trusted only where everybody is.
  const isEverybody = ['192.0.2.1', '2001:db8::1'].some((address) => isTrustedProxy(address));
  if (isEverybody)
    return broken(
      name,
      'everybody may claim any address, and so pass every limit',
      "name your proxies' addresses only",
    );
  if (!hasProxies && publicUrl?.startsWith('https:') === true) {
    return advice(
      name,
      'not set, though https means that a proxy is in front: limits count everybody as one',
      "set it to the proxy's address, such as 127.0.0.1",
    );
  }
  return fine(name, hasProxies ? 'named, and not everybody' : 'none, so no forwarded address is believed');
}
