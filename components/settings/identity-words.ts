import {
  attributesBytesMax,
  attributesMax,
  externalIdCharsMax,
  jtiCharsMax,
  type TokenProblem,
  type TokenReason,
  tokenCharsMax,
} from '#/lib/identity/schema.ts';

/** What is wrong with a token, and what to change in the code that makes it. */
export type ProblemWords = { wrong: string; change: string };

const notSecret = 'The secret is used as the text that it is, all of it, in UTF-8.';

const words: Record<TokenReason, (problem: TokenProblem) => ProblemWords> = {
  token_empty: () => ({ wrong: 'There is nothing here.', change: 'Paste the whole token.' }),
  token_too_long: () => ({
    wrong: `The token is longer than ${tokenCharsMax.toLocaleString('en')} characters.`,
    change: 'Put less into it: it says who somebody is, not everything about them.',
  }),
  token_encrypted: () => ({
    wrong: 'This token is encrypted (five parts, a JWE).',
    change: 'Sign it instead (three parts, a JWS with HS256). Parley has no key to open it with.',
  }),
  token_not_jwt: () => ({
    wrong: 'This is not a JSON Web Token.',
    change:
      'A token is three base64url parts with dots between them, the first two of them JSON objects: no spaces, no “Bearer”, no + / or =.',
  }),
  algorithm_missing: () => ({
    wrong: 'The header names no algorithm.',
    change: 'Set “alg” to “HS256” in the header.',
  }),
  algorithm_none: () => ({
    wrong: 'The token is not signed: its algorithm is “none”.',
    change: 'Sign it with HS256. An unsigned token is anybody’s word, so it is never accepted.',
  }),
  algorithm_wrong: ({ found }) => ({
    wrong: `The token is signed with ${found ?? 'another algorithm'}.`,
    change: 'Sign it with HS256, which is the only algorithm that is accepted, whatever the header says.',
  }),
  header_critical: () => ({
    wrong: 'The header asks for extensions (“crit” or “b64”).',
    change: 'Leave them out: a header of “alg” and “typ” is enough.',
  }),
  secret_missing: () => ({
    wrong: 'This site has no secret yet.',
    change: 'Make one above and sign with it.',
  }),
  signature_wrong: () => ({
    wrong: 'The signature is not made with a secret of this site, or the token was changed afterwards.',
    change: `Sign with a secret from above. ${notSecret} What is signed is the first two parts with the dot between them.`,
  }),
  signature_revoked: ({ found }) => ({
    wrong: `It is signed with the secret ending in …${found ?? ''}, which was revoked.`,
    change: 'Sign with one that is accepted.',
  }),
  signature_other_widget: ({ found }) => ({
    wrong: `It is signed with a secret of another site of yours (${found ?? ''}).`,
    change: 'Each site signs with its own secret. Use one from above, or check it under that site.',
  }),
  signature_secret_decoded: () => ({
    wrong: 'It is signed with a part of the secret, or with the secret decoded from base64.',
    change: `Do not decode or cut it. ${notSecret}`,
  }),
  signature_secret_spaced: () => ({
    wrong: 'It is signed with the right secret and a space, a line end or quotation marks around it.',
    change: 'Trim the secret where it is read: often the file that it is in ends with a line end.',
  }),
  exp_missing: () => ({
    wrong: 'The token never expires: “exp” is missing.',
    change: 'Set “exp” to now plus some minutes, in seconds since 1970, an hour ahead at most.',
  }),
  exp_not_number: ({ found }) => ({
    wrong: `“exp” is no number (${found ?? ''}).`,
    change: 'Set it to a number: seconds since 1970.',
  }),
  exp_milliseconds: ({ found }) => ({
    wrong: `“exp” is in milliseconds (${found ?? ''}).`,
    change: 'Divide by 1,000 and round down: JWTs count seconds.',
  }),
  exp_past: ({ found }) => ({
    wrong: `The token expired at ${found ?? ''}.`,
    change:
      'Make a token when it is needed (getToken), not when the page is built, and check the server’s clock.',
  }),
  exp_too_far: ({ found }) => ({
    wrong: `The token would be good until ${found ?? ''}, which is more than an hour ahead.`,
    change: 'Set “exp” to an hour from now at most. Parley keeps people signed in by itself.',
  }),
  nbf_not_number: ({ found }) => ({
    wrong: `“nbf” is no number (${found ?? ''}).`,
    change: 'Set it to seconds since 1970, or leave it out.',
  }),
  nbf_future: ({ found }) => ({
    wrong: `The token is not good before ${found ?? ''} (“nbf”).`,
    change: 'Leave “nbf” out, or check the server’s clock.',
  }),
  iat_not_number: ({ found }) => ({
    wrong: `“iat” is no number (${found ?? ''}).`,
    change: 'Set it to seconds since 1970, or leave it out.',
  }),
  iat_future: ({ found }) => ({
    wrong: `The token says that it was made at ${found ?? ''} (“iat”), which is still to come.`,
    change: 'Check the server’s clock. If “iat” is in milliseconds, divide by 1,000.',
  }),
  aud_missing: ({ expected }) => ({
    wrong: 'The token does not say for which widget it is: “aud” is missing.',
    change: `Set “aud” to “${expected ?? ''}”.`,
  }),
  aud_wrong: ({ found, expected }) => ({
    wrong: `“aud” is ${found ?? ''}, which is not this widget.`,
    change: `Set “aud” to “${expected ?? ''}”, and to nothing else beside it.`,
  }),
  aud_other_widget: ({ found, expected }) => ({
    wrong: `“aud” is ${found ?? ''}, which is another site of yours.`,
    change: `For this one, set “aud” to “${expected ?? ''}”.`,
  }),
  sub_missing: () => ({
    wrong: 'The token does not say who it is about: “sub” is missing or empty.',
    change: 'Set “sub” to your own id of the person, the one that never changes.',
  }),
  sub_not_text: ({ found }) => ({
    wrong: `“sub” is ${found ?? 'not a text'}, and has to be a text.`,
    change: 'Put quotation marks around the id: “42”, not 42.',
  }),
  sub_too_long: ({ found }) => ({
    wrong: `“sub” has ${found ?? ''} characters.`,
    change: `It can have ${externalIdCharsMax} at most.`,
  }),
  jti_missing: () => ({
    wrong: 'The token has no id of its own: “jti” is missing or empty.',
    change: 'Set “jti” to a new random text in each token, such as a UUID.',
  }),
  jti_not_text: ({ found }) => ({
    wrong: `“jti” is ${found ?? 'not a text'}, and has to be a text.`,
    change: 'Set it to a new random text in each token, such as a UUID.',
  }),
  jti_too_long: ({ found }) => ({
    wrong: `“jti” has ${found ?? ''} characters.`,
    change: `It can have ${jtiCharsMax} at most.`,
  }),
  jti_used: () => ({
    wrong: 'A token with this “jti” was used already, and each signs in once.',
    change:
      'Make a new token with a new “jti” each time. A page that may be shown from a cache should use getToken instead of a token written into it.',
  }),
  claim_wrong: ({ claim, found }) => ({
    wrong: `“${claim ?? ''}” is ${found ?? ''}, which cannot be stored.`,
    change: claimChanges[claim ?? ''] ?? 'Correct it, or leave it out.',
  }),
  attributes_not_object: () => ({
    wrong: '“attributes” is not an object.',
    change: 'Make it an object of keys and values: {"plan": "pro"}.',
  }),
  attributes_too_many: ({ found }) => ({
    wrong: `There are ${found ?? 'too many'} attributes.`,
    change: `Send ${attributesMax} at most.`,
  }),
  attributes_too_large: ({ found }) => ({
    wrong: `The attributes take ${found ?? 'too many'} bytes.`,
    change: `Together they can take ${attributesBytesMax.toLocaleString('en')} bytes as JSON.`,
  }),
  attribute_key_wrong: ({ claim }) => ({
    wrong: `“${claim ?? ''}” has a key that cannot be used.`,
    change:
      'A key begins with a letter and has letters, digits and _, 40 at most. Name, e-mail and phone stand beside “attributes”, not in it.',
  }),
  attribute_wrong: ({ claim, found, expected }) => ({
    wrong: `“${claim ?? ''}” is ${found ?? ''}, which does not fit.`,
    change:
      valueChanges[expected ?? ''] ?? 'Send a text of 500 characters at most, a number, true, false or null.',
  }),
};

const claimChanges: Record<string, string> = {
  name: 'Send a text of 100 characters at most, or leave it out.',
  email: 'Send an address like ada@example.com, or leave it out.',
  phone: 'Send the number with its country, like +44 7700 900184, or leave it out.',
};
const valueChanges: Record<string, string> = {
  value_not_text: 'Your custom field of this key takes a text.',
  value_not_number: 'Your custom field of this key takes a number: 5, not “5”.',
  value_not_boolean: 'Your custom field of this key takes true or false.',
  value_not_date: 'Your custom field of this key takes a date like “2027-03-31”.',
  value_not_offered: 'Your custom field of this key takes only the choices that it offers.',
};

export function problemWords(problem: TokenProblem): ProblemWords {
  return words[problem.reason](problem);
}

/** What one claim means, in words; null for one that is not read. */
export function claimWords(name: string, value: unknown): string | null {
  switch (name) {
    case 'aud':
      return 'For which widget';
    case 'sub':
      return 'Who';
    case 'jti':
      return 'The token’s own id';
    case 'exp':
      return `Expires${momentOf(value)}`;
    case 'iat':
      return `Made${momentOf(value)}`;
    case 'nbf':
      return `Good from${momentOf(value)}`;
    case 'name':
    case 'email':
    case 'phone':
      return 'Shown in the inbox, as verified';
    case 'attributes':
      return 'Shown in the inbox, each as verified';
    default:
      return null;
  }
}

function momentOf(value: unknown): string {
  if (typeof value !== 'number' || Math.abs(value) > 8e12) return '';
  return ` ${new Date(value * 1000).toISOString()}`;
}
