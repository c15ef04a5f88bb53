'use client';

import {
  type ClipboardEvent,
  type DragEvent,
  lazy,
  type ReactNode,
  Suspense,
  useContext,
  useEffect,
  useRef,
  useState,
} from 'react';
import { type FileAccess, FilesContext } from '#/components/conversation/attachments/files-context.ts';
import type { Tray, TraySnapshot } from '#/components/conversation/attachments/tray.ts';
import { useWords } from '#/components/conversation/words.tsx';
import type { FileRef } from '#/lib/files/schema.ts';
import { useStore } from '#/lib/sync/hooks.ts';
import { openStore } from '#/lib/sync/store.ts';

const load = () => import('#/components/conversation/attachments/tray-view.tsx');
const TrayView = lazy(async () => ({ default: (await load()).TrayView }));

/** What a composer knows of the files that go with its message. */
export type Attachments = {
  add(files: readonly File[]): void;
  putBack(files: readonly FileRef[] | undefined): void;
  take(): FileRef[];
  /** Somebody is about to choose files: what they may send is asked for now. */
  warm(): void;
  onPaste(event: ClipboardEvent): void;
  /** For the element that takes what is dropped. */
  dropArea: {
    onDragEnter(event: DragEvent): void;
    onDragOver(event: DragEvent): void;
    onDragLeave(event: DragEvent): void;
    onDrop(event: DragEvent): void;
  };
  isDragging: boolean;
  isEmpty: boolean;
  /** Some of them have not arrived yet. */
  isWaiting: boolean;
  /** Some of them will not arrive unless their person helps. */
  isStuck: boolean;
  /** What is chosen, above the field; null while nothing is. */
  view: ReactNode;
};

const empty = openStore<TraySnapshot>(() => ({ items: [], allowance: null, isOverfull: false }));
/** Trays outlive their composer: who leaves a conversation finds their files again. */
const trays = new WeakMap<FileAccess, Map<string, Tray>>();

/** The files of the message that is being written under `key`. Nothing of it is loaded before the first file. */
export function useAttachments(key: string): Attachments {
  const access = useContext(FilesContext);
  const known = access === null ? undefined : trays.get(access)?.get(key);
  const [opened, setOpened] = useState<{ key: string; tray: Tray } | null>(null);
  const tray = opened?.key === key ? opened.tray : (known ?? null);
  const { items } = useStore<TraySnapshot>(tray ?? empty);
  const { say } = useWords();
  const [isLost, setLost] = useState(false);
  const depth = useRef(0);
  const [isDragging, setDragging] = useState(false);
  // A drag that ends outside tells nobody: the next move of the mouse without a button does.
  useEffect(() => {
    if (!isDragging) return;
    const end = () => {
      depth.current = 0;
      setDragging(false);
    };
    window.addEventListener('mousemove', end, { once: true });
    return () => window.removeEventListener('mousemove', end);
  }, [isDragging]);

  async function withTray(act: (tray: Tray) => void) {
    if (access === null) return;
    const loaded = await load().catch(() => null);
    setLost(loaded === null);
    if (loaded === null) return;
    const { openTray } = loaded;
    const shelf = trays.get(access) ?? new Map<string, Tray>();
    trays.set(access, shelf);
    const held = shelf.get(key) ?? openTray(access, key);
    shelf.set(key, held);
    setOpened({ key, tray: held });
    act(held);
  }

  // What an earlier life of this page left.
  const restore = useRef(() => {});
  useEffect(() => {
    restore.current = () => {
      const left = access === null || trays.get(access)?.has(key) ? [] : (access.shelf?.load(key) ?? []);
      if (left.length > 0) void withTray((held) => held.putBack(left));
    };
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each message that is being written.
  useEffect(() => restore.current(), [access, key]);

  const add = (files: readonly File[]) => files.length > 0 && void withTray((held) => held.add(files));
  const holdsFiles = (event: DragEvent) => access !== null && event.dataTransfer.types.includes('Files');
  const drag = (event: DragEvent, step: number) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth.current = Math.max(0, depth.current + step);
    setDragging(depth.current > 0);
  };
  return {
    add,
    putBack: (files) =>
      files !== undefined && files.length > 0 && void withTray((held) => held.putBack(files)),
    take: () => tray?.take() ?? [],
    warm: () => void withTray(() => {}),
    onPaste(event) {
      const { types, files } = event.clipboardData;
      // A piece of a document brings a picture of itself along: it is its words that are meant.
      if (files.length === 0 || (types.includes('text/plain') && types.includes('text/html'))) return;
      event.preventDefault();
      add([...files]);
    },
    dropArea: {
      onDragEnter: (event) => drag(event, 1),
      onDragOver: (event) => drag(event, 0),
      onDragLeave: (event) => drag(event, -1),
      onDrop(event) {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        depth.current = 0;
        setDragging(false);
        add(filesOf(event.dataTransfer));
      },
    },
    isDragging,
    isEmpty: items.length === 0,
    isWaiting: items.some(({ state }) => state === 'waiting' || state === 'uploading'),
    isStuck: items.some(({ state }) => state === 'failed'),
    view: isLost ? (
      <p role="alert" className="px-4 pt-2 text-12 text-bad">
        {say('files.failed')}
      </p>
    ) : tray === null ? null : (
      <Suspense fallback={null}>
        <TrayView tray={tray} />
      </Suspense>
    ),
  };
}

/** Folders look like files and cannot be read as such. */
function filesOf(data: DataTransfer): File[] {
  return [...data.items].flatMap((item) => {
    if (item.kind !== 'file' || item.webkitGetAsEntry?.()?.isDirectory === true) return [];
    return item.getAsFile() ?? [];
  });
}
