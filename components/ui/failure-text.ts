import { passwordCharsMax, passwordCharsMin } from '#/lib/agents/schema.ts';
import type { ErrorCode, Failure } from '#/lib/errors.ts';
import { textCharsMax } from '#/lib/messages/schema.ts';
import { subjectCharsMax } from '#/lib/tickets/schema.ts';

const byCode: Record<ErrorCode, string> = {
  invalid: 'Something in there is not right. Check it and try again.',
  unauthenticated: 'You are signed out. Sign in again; what you wrote is kept.',
  forbidden: 'You are not allowed to do that. Ask an admin if you should be.',
  not_found: 'That is not there any more, or you may not see it.',
  conflict: 'Somebody changed this at the same moment. Look again and retry.',
  too_large: 'That is too long to send.',
  rate_limited: 'That was a lot at once. Wait a moment and try again.',
  unavailable: 'We could not reach the server. Check your connection and try again.',
};

const byReason: Record<string, string> = {
  text_too_long: `That is longer than ${textCharsMax.toLocaleString('en')} characters. Shorten it or send it in parts.`,
  text_empty: 'There is nothing to send yet.',
  text_has_nul: 'The text holds a character that cannot be stored. Paste it as plain text.',
  subject_too_long: `A subject can have ${subjectCharsMax} characters at most.`,
  subject_empty: 'A subject cannot be empty.',
  subject_has_nul: 'The subject holds a character that cannot be stored.',
  name_too_long: 'That name is too long.',
  name_empty: 'Enter a name.',
  name_has_nul: 'The name holds a character that cannot be stored.',
  email_too_long: 'That e-mail address is too long.',
  email_invalid: 'That does not look like an e-mail address.',
  email_taken: 'Somebody with that e-mail address is on the team already.',
  password_too_short: `Use at least ${passwordCharsMin} characters.`,
  password_too_long: `Use at most ${passwordCharsMax} characters.`,
  wrong_password: 'That is not your present password.',
  wrong_credentials: 'E-mail address or password is wrong.',
  token_invalid: 'This link is not valid, was used already or has expired. Ask for a new one.',
  invite_over: 'This invitation is not valid, was used already or has expired. Ask for a new one.',
  link_over: 'This link is not valid or has expired. Ask for a new one.',
  session_over: 'You are signed out. Sign in again; what you wrote is kept.',
  last_admin: 'This is the last admin. Make somebody else an admin first.',
  agent_unknown: 'That colleague is not on the team any more.',
  department_unknown: 'That department is not there any more.',
  origin_invalid: 'Each line must be like https://shop.example: with http:// or https://, without a path.',
  overloaded: 'Parley is very busy right now. Try again in a moment.',
  origin_not_allowed:
    'Parley does not know this address as its own. Tell whoever runs it to check PUBLIC_URL.',
  body_too_large: 'That is too long to send.',
  too_many_tickets: 'Those are too many tickets for one go. Narrow the list first.',
  still_running: 'That is still going on. Stop it first, or wait for its end.',
  nothing_to_undo: 'There is nothing left to take back.',
  view_gone: 'That view is not there any more.',
  views_full: 'That is as many views as there can be. Delete one that nobody needs.',
  followup_needed: 'This ticket is closed. The customer has to write again.',
  name_taken: 'There is one of that name already. Choose another.',
  title_empty: 'Enter a title.',
  title_too_long: 'That title is too long.',
  shortcut_taken: 'Another reply has that shortcut already. Choose another.',
  shortcut_invalid: 'Use letters, digits, - and _, without spaces.',
  shortcut_too_long: 'A shortcut can have 30 characters at most.',
  saved_replies_full: 'That is as many as there can be. Delete one that nobody needs.',
  hours_invalid: 'These hours do not work: spans of a day may not overlap, and each ends after it begins.',
  timezone_unknown: 'There is no such time zone. Choose one from the list, such as Europe/Berlin.',
  tags_full: 'That is as many tags as there can be. Delete or merge some first.',
  tag_unknown: 'That tag is not there any more. Choose another.',
  label_empty: 'Enter a name.',
  label_too_long: 'That name is too long.',
  label_has_nul: 'The name holds a character that cannot be stored.',
  key_not_valid: 'Begin with a letter; then letters, digits and _, 40 characters at most.',
  key_taken: 'Another field has that key already, perhaps an archived one. Choose another.',
  fields_full: 'That is as many fields as there can be. Archive one that nobody needs.',
  options_empty: 'Offer at least one choice.',
  options_repeat: 'Each choice can be there once.',
  too_many_options: 'That is more than 100 choices.',
  value_not_text: 'Enter a text, or leave it empty.',
  value_not_number: 'Enter a number, or leave it empty.',
  value_not_date: 'Enter a date, or leave it empty.',
  value_not_offered: 'Choose one of the choices above.',
  value_too_long: 'That is longer than 500 characters.',
  value_not_boolean: 'Choose yes or no.',
  email_not_valid: 'That does not look like an e-mail address.',
  phone_not_valid: 'Write the number with its country, like +44 7700 900184.',
  too_many_tags: 'A ticket can have 20 tags at most. Take one off first.',
  field_unknown: 'That field is not there any more.',
  moment_unknown: 'Choose a time that is still to come.',
  source_merged: 'This ticket was merged into another one. Change that one.',
  busy: 'Somebody is writing here at the same moment. Try again.',
  reopening_hours_invalid: 'Enter whole hours, from 0 to 8,760 (a year).',
  secrets_two: 'Two secrets are accepted already. Revoke one first.',
  key_exists: 'The key was made, but its token did not reach you. Close this and make it a new token.',
  keys_many: 'That is as many keys as there can be. Revoke one that nobody uses.',
  key_revoked: 'This key was revoked. Make another one.',
  key_expired: 'This key has ended. Choose when it is to end now.',
  key_tokens_many: 'The key has several tokens that still work. End those first, or wait a day.',
  scopes_empty: 'Choose what the key may do.',
  color_invalid: 'Enter a colour like #3b6fe0.',
  text_empty_here: 'Enter a text.',
  link_not_valid: 'Enter a whole address, like https://shop.example/privacy.',
  field_twice: 'Each thing can be asked once.',
  too_many_fields: 'That is more than anybody fills in: 12 fields at most.',
  text_too_long_here: 'That text is too long to fit.',
  text_unknown: 'The chat has no such text any more. Reload this page.',
  url_empty: 'Enter the address that the events go to.',
  url_not_valid: 'Enter a whole address, like https://orders.example.com/parley.',
  scheme_not_allowed: 'The address has to begin with https://.',
  not_encrypted: 'The address has to begin with https://, so that nobody reads along.',
  credentials_in_url:
    'Leave user and password out of the address: your program checks the signature instead.',
  port_not_allowed: 'Use port 443, 80, 8080 or 8443.',
  address_not_allowed:
    'This address leads to a machine inside a network. Use one of the public internet, or ask whoever runs Parley to allow it.',
  types_empty: 'Choose at least one kind of event.',
  webhooks_full: 'That is as many webhooks as there can be. Delete one that nobody needs.',
  events_not_numbered: 'Parley is putting a long history in order. Try again in a minute.',
  webhook_disabled: 'This webhook is switched off. Switch it on first.',
  picture_not_valid: 'This is no picture that we can read. Choose a JPEG, PNG or WebP.',
  picture_too_large: 'This picture is too large.',
  place_unknown: 'In curly braces can only stand what ours has there, spelled the same.',
};

/** What happened and what to do, in the person's words, for anything the server may refuse with. */
export function failureText(failure: Failure): string {
  const sentence =
    (failure.reason === undefined ? undefined : byReason[failure.reason]) ?? byCode[failure.code];
  if (failure.code === 'rate_limited' && failure.retryAfterMs !== undefined) {
    const seconds = Math.max(1, Math.ceil(failure.retryAfterMs / 1000));
    return `That was a lot at once. Try again in ${seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`}.`;
  }
  return failure.incidentId === undefined ? sentence : `${sentence} (Reference ${failure.incidentId})`;
}

/** The sentence for one field of a form; null when the failure is about something else. */
export function fieldProblem(failure: Failure | null, field: string): string | null {
  return failure !== null && failure.field === field ? failureText(failure) : null;
}
