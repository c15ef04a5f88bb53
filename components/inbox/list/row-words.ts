/**
 * The two texts of a row. A ticket's first subject is the beginning of its first message: while that is the newest one
 * too, it is said once.
 */
export function rowTexts(
  subject: string,
  lastMessage: string | null,
): { title: string; excerpt: string | null } {
  if (lastMessage === null) return { title: subject, excerpt: null };
  const stem = subject.replace(/…$/u, '').trimEnd();
  const isBeginning = stem !== '' && lastMessage.replace(/\s+/gu, ' ').startsWith(stem);
  return isBeginning ? { title: lastMessage, excerpt: null } : { title: subject, excerpt: lastMessage };
}

type Viewer = { id: string; name: string; isTyping: boolean };

/** "Ben is typing", "Ben is looking", "Ben and 2 more are looking"; null when nobody is there. */
export function viewersText(viewers: readonly Viewer[]): string | null {
  const typists = viewers.filter((viewer) => viewer.isTyping);
  const among = typists.length > 0 ? typists : viewers;
  const [first, ...more] = among;
  if (first === undefined) return null;
  const act = typists.length > 0 ? 'typing' : 'looking';
  const name = firstName(first.name);
  if (more.length === 0) return `${name} is ${act}`;
  return `${name} and ${more.length} more are ${act}`;
}

/** What colleagues call each other: the first word of a name. */
export function firstName(name: string): string {
  return name.trim().split(/\s+/u)[0] ?? name;
}

const tagsMax = 2;

/**
 * How many tags fit beside the name without being cut to nothing; the others are counted. Measured in letters: rows
 * are drawn by the thousand, and being a few pixels off does no harm.
 */
export function tagsShown(row: {
  name: string;
  tags: readonly { name: string }[];
  isWoken: boolean;
  viewers: string | null;
  /** How wide a line is. */
  linePx: number;
}): number {
  const { linePx } = row;
  const namePx = Math.min(row.name.length * 7.2, linePx * 0.58);
  const viewersPx = row.viewers === null ? 0 : row.viewers.length * 6 + 8;
  let roomPx = linePx - namePx - 52 - viewersPx - (row.isWoken ? 184 : 0);
  let shown = 0;
  for (const tag of row.tags.slice(0, tagsMax)) {
    roomPx -= Math.min(96, tag.name.length * 6.4 + 16) + 4;
    if (roomPx < (row.tags.length > shown + 1 ? 20 : 0)) break;
    shown++;
  }
  return shown;
}
