import { isBlank } from '#/lib/text.ts';

/** What the server knows a file to be; decided by its content, never by what the sender said. */
export const fileTypes = {
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg', 'jfif'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
  'image/avif': ['avif'],
  'image/heic': ['heic', 'heif'],
  'application/pdf': ['pdf'],
  'text/plain': ['txt', 'log', 'md', 'csv', 'tsv', 'json', 'yaml', 'yml', 'ini', 'eml', 'ics', 'vcf', 'srt'],
  'application/zip': ['zip'],
  'application/gzip': ['gz', 'tgz'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['pptx'],
  'application/vnd.oasis.opendocument.text': ['odt'],
  'application/vnd.oasis.opendocument.spreadsheet': ['ods'],
  'application/vnd.oasis.opendocument.presentation': ['odp'],
  'video/mp4': ['mp4', 'm4v'],
  'video/quicktime': ['mov', 'qt'],
  'video/webm': ['webm'],
  'audio/mpeg': ['mp3'],
  'audio/mp4': ['m4a'],
  'audio/wav': ['wav'],
  'audio/ogg': ['ogg', 'oga', 'opus'],
} as const satisfies Record<string, readonly string[]>;
export type FileType = keyof typeof fileTypes;

export const filesPerMessageMax = 10;
/** In UTF-8 bytes, its extension included: what every file system takes. */
export const nameBytesMax = 200;

/** Request headers of an upload, whose body is the file itself. Not ours alone: of those the server believes none. */
export const fileNameHeader = 'x-file-name';
/** Of a visitor without a session: the widget, and the origin of the page that embeds it. */
export const widgetKeyHeader = 'x-widget-key';
export const pageOriginHeader = 'x-page-origin';

/** Shown in a page as they are: pixels and nothing that runs. */
const rasterTypes: ReadonlySet<string> = new Set<FileType>([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
]);

export function isRaster(type: string): boolean {
  return rasterTypes.has(type);
}

const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * A name that is safe to store, to show and to save under: one path part, without control, zero-width and direction
 * characters, at most `nameBytesMax` bytes, and with an extension that says what the file really is.
 */
export function cleanFileName(given: string, type: FileType): string {
  const last = given.toWellFormed().normalize('NFC').split(/[/\\]/).at(-1);
  const plain = (last ?? '')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029\u3164\u2800]/gu, '')
    .replace(/[<>:"|?*%]/g, '_')
    .replace(/(\p{M}{3})\p{M}+/gu, '$1')
    .replace(/\s+/gu, ' ')
    .replace(/^[.\s]+|[.\s]+$/gu, '');
  const { stem, extension } = splitName(plain);
  const known: readonly string[] = fileTypes[type];
  const isFitting = extension !== '' && known.includes(extension.toLowerCase());
  const kept = isFitting ? stem : plain;
  const ending = isFitting ? extension : (known[0] ?? 'bin');
  const safe = kept === '' ? 'file' : reserved.test(kept.split('.')[0] ?? '') ? `_${kept}` : kept;
  return `${cutBytes(safe, nameBytesMax - ending.length - 1)}.${ending}`;
}

/** The extension is what stands behind the last dot, if it looks like one. */
export function splitName(name: string): { stem: string; extension: string } {
  const at = name.lastIndexOf('.');
  const extension = at > 0 ? name.slice(at + 1) : '';
  return /^[A-Za-z0-9]{1,10}$/.test(extension)
    ? { stem: name.slice(0, at), extension }
    : { stem: name, extension: '' };
}

const encoder = new TextEncoder();

function cutBytes(text: string, bytesMax: number): string {
  let bytes = 0;
  let cut = '';
  for (const point of text) {
    bytes += encoder.encode(point).length;
    if (bytes > bytesMax) return cut.trimEnd() || 'file';
    cut += point;
  }
  return cut;
}

/** What a message is called by in lists: its words, else its first file and how many more. */
export function titleOf(text: string, files: readonly { name: string }[]): string {
  const [first, ...more] = files;
  if (first === undefined || !isBlank(text)) return text;
  return `📎 ${first.name}${more.length === 0 ? '' : ` +${more.length}`}`;
}

/** `null`: all of it. `refused`: none of it can be satisfied. Several ranges at once are answered with all of it. */
export function rangeOf(
  header: string | null,
  bytes: number,
): { first: number; last: number } | 'refused' | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  if (match === null) return null;
  const [, from = '', to = ''] = match;
  if (from === '' && to === '') return null;
  if (from === '') {
    const count = Number(to);
    return count === 0 ? 'refused' : { first: Math.max(0, bytes - count), last: bytes - 1 };
  }
  const first = Number(from);
  const last = to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
  if (to !== '' && Number(to) < first) return null;
  return first >= bytes ? 'refused' : { first, last };
}

/** For a `Content-Disposition` header: the name in plain ASCII for old programs, and as it is for the others. */
export function dispositionOf(name: string, isShown: boolean): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const exact = encodeURIComponent(name.toWellFormed()).replace(
    /['()*!]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${isShown ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${exact}`;
}
