import * as z from 'zod/mini';
import { agentAvailabilities, passwordCharsMax, passwordText, personName } from '#/lib/agents/schema.ts';

/** An IANA name that this machine knows; null follows the browser. */
const timezoneName = z
  .string()
  .check(z.maxLength(64, 'timezone_unknown'), z.refine(isTimezone, 'timezone_unknown'));

/** What is left out stays. */
export const saveProfileInputSchema = z.strictObject({
  name: z.optional(personName),
  timezone: z.optional(z.nullable(timezoneName)),
  availability: z.optional(z.enum(agentAvailabilities)),
});
export type SaveProfileInput = z.infer<typeof saveProfileInputSchema>;

/** A JPEG, PNG or WebP as base64: the browser has made it small. Null takes the picture away. */
export const savePictureInputSchema = z.strictObject({
  picture: z.nullable(
    z
      .string()
      .check(z.maxLength(50_000, 'picture_too_large'), z.regex(/^[A-Za-z\d+/]+={0,2}$/, 'picture_not_valid')),
  ),
});
export type SavePictureInput = z.infer<typeof savePictureInputSchema>;

export const availabilityInputSchema = z.strictObject({ availability: z.enum(agentAvailabilities) });

export const changePasswordInputSchema = z.strictObject({
  /** The present one: whoever finds an open browser cannot take the account with it. */
  current: z.string().check(z.maxLength(passwordCharsMax, 'password_too_long')),
  next: passwordText,
});
export type ChangePasswordInput = z.infer<typeof changePasswordInputSchema>;

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
