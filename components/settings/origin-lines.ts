import { isOrigin } from '#/lib/widgets/rules.ts';

const separator = /[\s,]+/;

/** The origins of a text, however they are separated. */
export function originsOf(text: string): string[] {
  return text.split(separator).filter((origin) => origin !== '');
}

/** What is wrong with the first line that is no origin, and what to write instead; null when every line is one. */
export function lineProblemIn(text: string): string | null {
  for (const [index, line] of text.split('\n').entries()) {
    const wrong = originsOf(line).find((origin) => !isOrigin(origin));
    if (wrong === undefined) continue;
    const meant = originMeant(wrong);
    return meant === null
      ? `Line ${index + 1}: “${wrong}” is not a site’s address. Write it like https://shop.example.`
      : `Line ${index + 1}: write ${meant} instead of ${wrong}.`;
  }
  return null;
}

/** The origin of a whole address, or of a bare host name; null where neither can be read. */
function originMeant(text: string): string | null {
  const address = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(address)) return null;
  const { origin, hostname } = new URL(address);
  return hostname.includes('.') || hostname === 'localhost' ? origin : null;
}
