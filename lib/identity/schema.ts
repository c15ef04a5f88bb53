import * as z from 'zod/mini';
import { fieldKey, fieldValue } from '#/lib/custom-fields/schema.ts';

/** Longer than any token that says who somebody is. */
export const tokenCharsMax = 8_192;
/** A token is for signing in now, not for keeping. */
export const tokenLivesMsMax = 3_600_000;
/** How far a site's clock may be off. */
export const clockSkewMs = 60_000;
export const externalIdCharsMax = 255;
export const jtiCharsMax = 255;
export const attributesMax = 50;
/** Of the attributes as JSON, in UTF-8. */
export const attributesBytesMax = 2_048;
/** Two while a site changes from one to the other. */
export const liveSecretsMax = 2;
export const actionNameCharsMax = 100;
/** What a page kept until its customer was known. */
export const actionAgeMsMax = 86_400_000;
/** As many are kept and shown of each customer. */
export const actionsKept = 100;
export const actionsShown = 20;

/** Why a token is not accepted, each a different mistake of whoever made it. */
export const tokenReasons = [
  'token_empty',
  'token_too_long',
  'token_encrypted',
  'token_not_jwt',
  'algorithm_missing',
  'algorithm_none',
  'algorithm_wrong',
  'header_critical',
  'secret_missing',
  'signature_wrong',
  'signature_revoked',
  'signature_other_widget',
  'signature_secret_decoded',
  'signature_secret_spaced',
  'exp_missing',
  'exp_not_number',
  'exp_milliseconds',
  'exp_past',
  'exp_too_far',
  'nbf_not_number',
  'nbf_future',
  'iat_not_number',
  'iat_future',
  'aud_missing',
  'aud_wrong',
  'aud_other_widget',
  'sub_missing',
  'sub_not_text',
  'sub_too_long',
  'jti_missing',
  'jti_not_text',
  'jti_too_long',
  'jti_used',
  'claim_wrong',
  'attributes_not_object',
  'attributes_too_many',
  'attributes_too_large',
  'attribute_key_wrong',
  'attribute_wrong',
] as const;
export type TokenReason = (typeof tokenReasons)[number];

/** `claim` is what it is about, `found` what stands there, `expected` what should; all of them as people read them. */
export type TokenProblem = { reason: TokenReason; claim?: string; found?: string; expected?: string };

/** What a token says of its person. An attribute that is null is taken away. */
export type SignedPerson = {
  externalId: string;
  name?: string | null;
  email?: string | null;
  phone?: string | null;
  attributes: Record<string, string | number | boolean | null>;
};

const origin = z.nullable(z.string().check(z.maxLength(300)));
const sessionToken = z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/));

/** `next` is the new session's token, made by the client; `held` the one that it has, whatever that still opens. */
export const identifyInputSchema = z.strictObject({
  widgetKey: z.string().check(z.regex(/^wk_[A-Za-z0-9_-]{8,64}$/)),
  origin,
  token: z.string().check(z.maxLength(20_000)),
  held: z.nullable(sessionToken),
  next: sessionToken,
  locale: z.nullable(z.string().check(z.maxLength(35))),
  timezone: z.nullable(z.string().check(z.maxLength(64))),
});
export type IdentifyInput = z.infer<typeof identifyInputSchema>;

/**
 * Who the token's bearer is. `session`: whether `next` opens their session now, or `held` goes on doing so. `joins`: `held`
 * was theirs, too, or a visitor's who is them now, so that what it left unsent is theirs to send.
 */
export type Identified = {
  customerId: string;
  session: 'next' | 'held';
  joins: boolean;
  /** How long the session goes on unless the person is identified again; a span, since no clocks are compared. */
  livesMs: number;
};

/** What a page says of its customer: `name`, `email` and `phone`, and attributes under their keys. Null takes away. */
export const setAttributesInputSchema = z.strictObject({
  attributes: z
    .record(fieldKey, z.nullable(fieldValue))
    .check(z.refine((given) => Object.keys(given).length <= attributesMax, 'attributes_too_many')),
});
export type SetAttributesInput = z.infer<typeof setAttributesInputSchema>;

/** `id` is made by the client: the same again is the same action. `at` is by the browser's clock, and only a hint. */
export const trackInputSchema = z.strictObject({
  id: z.uuid(),
  name: z.string().check(
    z.maxLength(actionNameCharsMax, 'name_too_long'),
    z.refine((text) => !text.includes('\0'), 'name_has_nul'),
  ),
  data: z
    .record(fieldKey, z.nullable(fieldValue))
    .check(z.refine((given) => Object.keys(given).length <= attributesMax, 'attributes_too_many')),
  page: z.nullable(z.string().check(z.maxLength(2_000))),
  at: z.iso.datetime(),
});
export type TrackInput = z.infer<typeof trackInputSchema>;

/** What a customer did last on the site's pages, as those said. */
export type CustomerAction = {
  id: string;
  name: string;
  details: Record<string, unknown>;
  page: string | null;
  at: string;
};

/** A secret as its page shows it: never the secret itself after it was made. */
export type SecretInfo = {
  id: string;
  /** Its last characters. */
  hint: string;
  createdAt: string;
  createdBy: string | null;
  lastUsedAt: string | null;
  revokedAt: string | null;
};
export const secretRefSchema = z.strictObject({ widgetId: z.uuid(), secretId: z.uuid() });
export const createSecretInputSchema = z.strictObject({ widgetId: z.uuid(), id: z.uuid() });
export type CreateSecretInput = z.infer<typeof createSecretInputSchema>;
export const checkTokenInputSchema = z.strictObject({
  widgetId: z.uuid(),
  token: z.string().check(z.maxLength(20_000)),
});

/** What *identity check* tells of a token: everything that is wrong with it, and what it says. */
export type TokenCheck = {
  problems: TokenProblem[];
  header: Record<string, unknown> | null;
  claims: Record<string, unknown> | null;
  /** The secret that signed it. */
  secretHint: string | null;
};
