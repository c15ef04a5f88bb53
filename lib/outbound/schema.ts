/**
 * Why something that we were to fetch from outside was not: before anything was sent, up to `address_not_allowed`;
 * afterwards the rest.
 */
export const outboundProblems = [
  'url_not_valid',
  'scheme_not_allowed',
  'credentials_in_url',
  'not_encrypted',
  'port_not_allowed',
  'name_unknown',
  'address_not_allowed',
  'no_connection',
  'tls_failed',
  'answer_not_http',
  'answer_too_large',
  'answer_too_late',
  'too_many_redirects',
] as const;
export type OutboundProblem = (typeof outboundProblems)[number];

/** An address that people give us to fetch from. */
export const outboundUrlCharsMax = 2_000;
