import { readFileSync } from 'node:fs';

export type Snippet = { language: string; code: string };

const fence = /^(?:<!-- snippet: ([\w-]+) -->\n)?```(\w+)\n([\s\S]*?)^```$/gm;

/** The snippets of `docs/embedding.md` by the names that stand above them. Throws where one has none, or another's. */
export function docSnippets(): Map<string, Snippet> {
  const text = readFileSync(new URL('../docs/embedding.md', import.meta.url), 'utf8');
  const snippets = new Map<string, Snippet>();
  for (const [, name, language = '', code = ''] of text.matchAll(fence)) {
    if (name === undefined || snippets.has(name))
      throw new Error(`A snippet without a name of its own: ${code}`);
    snippets.set(name, { language, code: code.trim() });
  }
  return snippets;
}

/** With the example's Parley and widget key replaced by real ones. */
export function forReal(code: string, parleyOrigin: string, widgetKey: string): string {
  return code.replaceAll('https://chat.example.com', parleyOrigin).replaceAll('wk_…', widgetKey);
}
