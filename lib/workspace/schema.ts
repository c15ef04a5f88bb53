import * as z from 'zod/mini';
import { emailAddress, nameCharsMax, passwordText, personName } from '#/lib/agents/schema.ts';
import { cleanName } from '#/lib/text.ts';

const workspaceName = z.string().check(
  z.maxLength(nameCharsMax, 'name_too_long'),
  z.refine((text) => !text.includes('\0'), 'name_has_nul'),
  z.overwrite(cleanName),
  z.minLength(1, 'name_empty'),
);

/** A year: what is older is better told anew. */
export const reopeningHoursMax = 8_760;
export const saveWorkspaceInputSchema = z.strictObject({
  name: workspaceName,
  /** 0: a reply to a resolved ticket always starts a follow-up. */
  reopeningHours: z
    .number()
    .check(
      z.int('reopening_hours_invalid'),
      z.gte(0, 'reopening_hours_invalid'),
      z.lte(reopeningHoursMax, 'reopening_hours_invalid'),
    ),
});
export type SaveWorkspaceInput = z.infer<typeof saveWorkspaceInputSchema>;

export const completeSetupInputSchema = z.strictObject({
  token: z.string().check(z.maxLength(200)),
  workspaceName,
  name: personName,
  email: emailAddress,
  password: passwordText,
  withExampleData: z.boolean(),
});
