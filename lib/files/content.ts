import { type FileType, fileTypes, splitName } from '#/lib/files/rules.ts';

/** How much of a file's beginning decides what it is. */
export const headBytes = 4_096;

/**
 * What a file is by its first bytes, and null for what is not taken: programs, markup that a browser would run, and
 * whatever nobody knows. A name only chooses among what the bytes allow (a zip that is a document, audio in an mp4).
 */
export function fileTypeOf(head: Uint8Array, name: string): FileType | null {
  const extension = splitName(name).extension.toLowerCase();
  for (const [type, isIt] of signatures) if (isIt(head)) return type;
  if (startsWith(head, [0x50, 0x4b, 3, 4]) || startsWith(head, [0x50, 0x4b, 5, 6]))
    return zipType(head, extension);
  if (ascii(head, 4, 8) === 'ftyp') return boxType(head, extension);
  return isPlainText(head) ? 'text/plain' : null;
}

const signatures: readonly (readonly [FileType, (head: Uint8Array) => boolean])[] = [
  ['image/png', (head) => startsWith(head, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
  ['image/jpeg', (head) => startsWith(head, [0xff, 0xd8, 0xff])],
  ['image/gif', (head) => /^GIF8[79]a$/.test(ascii(head, 0, 6))],
  ['image/webp', (head) => ascii(head, 0, 4) === 'RIFF' && ascii(head, 8, 12) === 'WEBP'],
  ['audio/wav', (head) => ascii(head, 0, 4) === 'RIFF' && ascii(head, 8, 12) === 'WAVE'],
  ['application/pdf', (head) => ascii(head, 0, 5) === '%PDF-'],
  ['application/gzip', (head) => startsWith(head, [0x1f, 0x8b, 8])],
  ['audio/ogg', (head) => ascii(head, 0, 4) === 'OggS'],
  ['video/webm', (head) => startsWith(head, [0x1a, 0x45, 0xdf, 0xa3]) && ascii(head, 0, 64).includes('webm')],
  [
    'audio/mpeg',
    (head) => ascii(head, 0, 3) === 'ID3' || (head[0] === 0xff && [0xfb, 0xf3, 0xf2].includes(head[1] ?? 0)),
  ],
];

const documentStarts = /^(?:\[Content_Types\]\.xml|_rels\/|docProps\/|word\/|xl\/|ppt\/|mimetype)/;

/** An archive is never opened. One that begins as an office document does, and is called one, is one. */
function zipType(head: Uint8Array, extension: string): FileType {
  const nameLength = (head[26] ?? 0) + (head[27] ?? 0) * 256;
  const isDocument = documentStarts.test(ascii(head, 30, 30 + Math.min(nameLength, 100)));
  const found = typeOfExtension(extension);
  const isOffice = found?.startsWith('application/vnd.') === true;
  return isDocument && isOffice && found !== null ? found : 'application/zip';
}

function boxType(head: Uint8Array, extension: string): FileType | null {
  const brand = ascii(head, 8, 12);
  if (brand === 'avif' || brand === 'avis') return 'image/avif';
  if (/^(?:hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand)) return 'image/heic';
  if (brand === 'qt  ') return 'video/quicktime';
  if (/^M4[AB] $/.test(brand) || extension === 'm4a') return 'audio/mp4';
  return /^(?:isom|iso\d|mp4\d|avc1|M4V |dash|MSNV|3gp\d|mmp4)$/.test(brand) ? 'video/mp4' : null;
}

/** Readable as UTF-8, free of control characters, and no beginning of a page that a browser would run. */
function isPlainText(head: Uint8Array): boolean {
  const text = utf8(head)?.trimStart();
  if (text === undefined || text === '') return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what tells text from the rest.
  if (/[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(text)) return false;
  return !text.startsWith('<') && !text.startsWith('{\\rtf');
}

/** The end may be in the middle of a character. */
function utf8(head: Uint8Array): string | null {
  for (let cut = 0; cut < 4 && cut <= head.length; cut++) {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(head.subarray(0, head.length - cut));
    } catch {
      if (head.length < headBytes) return null;
    }
  }
  return null;
}

function typeOfExtension(extension: string): FileType | null {
  const entries: [string, readonly string[]][] = Object.entries(fileTypes);
  const found = entries.find(([, extensions]) => extensions.includes(extension))?.[0];
  return found === undefined || !isFileType(found) ? null : found;
}

export function isFileType(type: string): type is FileType {
  return Object.hasOwn(fileTypes, type);
}

function startsWith(head: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => head[index] === byte);
}

function ascii(head: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...head.subarray(from, to));
}
