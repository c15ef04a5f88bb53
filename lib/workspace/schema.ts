import * as z from 'zod/mini';
import { emailAddress, nameCharsMax, passwordText, personName } from '#/lib/agents/schema.ts';
import { cleanName } from '#/lib/text.ts';

const workspaceName = z.string().check(
  z.maxLength(nameCharsMax, 'name_too_long'),
  z.refine((text) => !text.includes('\0'), 'name_has_nul'),
  z.overwrite(cleanName),
  z.minLength(1, 'name_empty'),
);

export const completeSetupInputSchema = z.strictObject({
  token: z.string().check(z.maxLength(200)),
  workspaceName,
  name: personName,
  email: emailAddress,
  password: passwordText,
  withExampleData: z.boolean(),
});
