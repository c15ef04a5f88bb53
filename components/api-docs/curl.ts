import type { ApiCall, ApiMethod } from '#/lib/api/schema.ts';

/** The call as a command for a shell in which `PARLEY` is the address and `PARLEY_KEY` the key. */
export function curlOf(method: ApiMethod, { url, headers, body }: ApiCall, isOpen: boolean): string {
  const [path = '', search = ''] = url.split('?');
  const query = [...new URLSearchParams(search)].map(([name, value]) => [
    '--data-urlencode',
    quoted(`${name}=${value}`),
  ]);
  const sent = { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) };
  const parts = [
    [
      'curl',
      ...(query.length > 0 ? ['-G'] : method === 'get' ? [] : ['-X', method.toUpperCase()]),
      `"$PARLEY${path}"`,
    ],
    ...(isOpen ? [] : [['-H', '"Authorization: Bearer $PARLEY_KEY"']]),
    ...Object.entries(sent).map(([name, value]) => ['-H', quoted(`${name}: ${value}`)]),
    ...query,
    ...(body === undefined ? [] : [['-d', quoted(JSON.stringify(body, null, 2).replaceAll('\n', '\n  '))]]),
  ];
  return parts.map((part) => part.join(' ')).join(' \\\n  ');
}

/** As one word of a POSIX shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
