import { createHmac, randomBytes } from 'node:crypto';

const prefix = 'whsec_';
/** The usual length; a multiple of three needs no padding. */
const secretBytes = 24;

/** A new secret as the Standard Webhooks write it. */
export function newSecret(): string {
  return `${prefix}${randomBytes(secretBytes).toString('base64')}`;
}

/** The headers of the Standard Webhooks: which event this is, when it was sent, and that it is ours by each secret. */
export function signatureHeaders(
  message: { id: string; atMs: number; body: string },
  secrets: readonly string[],
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const timestamp = String(Math.floor(message.atMs / 1_000));
  const signed = `${message.id}.${timestamp}.${message.body}`;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  });
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
