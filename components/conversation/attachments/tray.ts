import type { FileAccess } from '#/components/conversation/attachments/files-context.ts';
import { keepPicture } from '#/components/conversation/attachments/pictures.ts';
import { type Failure, fail, isPassing } from '#/lib/errors.ts';
import { filesPerMessageMax, isRaster } from '#/lib/files/rules.ts';
import type { FileAllowance, FileRef } from '#/lib/files/schema.ts';
import { newId } from '#/lib/ids.ts';
import type { FilePorts } from '#/lib/sync/file-transfer.ts';
import { openStore, type Store } from '#/lib/sync/store.ts';

/** `waiting` for its turn or for the network · `failed`: only its person can help. */
export type TrayItem = {
  id: string;
  name: string;
  bytes: number;
  state: 'waiting' | 'uploading' | 'ready' | 'failed';
  /** Of `uploading`: 0 to 1. */
  share: number;
  failure: Failure | null;
  /** Of a picture: an address of the browser's own, for as long as the item is here. */
  preview: string | null;
};

export type TraySnapshot = {
  items: readonly TrayItem[];
  allowance: FileAllowance | null;
  /** More were chosen than go with one message; the first ones are here. */
  isOverfull: boolean;
};

export type Tray = Store<TraySnapshot> & {
  add(files: readonly File[]): void;
  /** Cancels what is on its way, and takes back what has arrived. */
  remove(id: string): void;
  retry(id: string): void;
  /** Empties it: what has arrived, in the order it was chosen. */
  take(): FileRef[];
  /** What was in a message that its writer takes back. */
  putBack(files: readonly FileRef[]): void;
};

type Held = TrayItem & { file: File | null; ref: FileRef | null; abort: AbortController; tries: number };

const atOnceMax = 2;
const triesMax = 6;
const retryMsMax = 15_000;

const unreached: Pick<FilePorts, 'upload'> = {
  upload: async () => fail({ code: 'unavailable', reason: 'no_connection' }),
};

/** What is to go with one message: uploaded while it is being written, and kept until it is sent or removed. */
export function openTray(
  access: FileAccess,
  key = '',
  wait = (ms: number) => new Promise((done) => setTimeout(done, ms)),
): Tray {
  let items: Held[] = [];
  let allowance: FileAllowance | null = null;
  let isOverfull = false;
  const store = openStore<TraySnapshot>(() => ({
    items: items.map(({ file: _, ref: __, abort: ___, tries: ____, ...item }) => item),
    allowance,
    isOverfull,
  }));
  const { shelf } = access;
  if (shelf !== undefined) {
    store.subscribe(() =>
      shelf.save(
        key,
        items.flatMap(({ ref }) => ref ?? []),
      ),
    );
  }
  void learnAllowance();

  async function learnAllowance() {
    const told = await reach().then((ports) => ports?.fetchAllowance());
    if (told?.ok !== true) return;
    allowance = told.value;
    for (const item of items) if (item.ref === null) checkSize(item);
    store.changed();
  }

  /** Null: what brings files did not load, which is one more way of being offline. */
  function reach(): Promise<FilePorts | null> {
    return access().catch(() => null);
  }

  function change(id: string, next: Partial<Held>) {
    items = items.map((item) => (item.id === id ? { ...item, ...next } : item));
    store.changed();
  }

  function find(id: string) {
    return items.find((item) => item.id === id);
  }

  /** Told before anything of it leaves this machine. */
  function checkSize({ id, bytes }: Held) {
    const reason = sizeProblem(bytes);
    if (reason === null) return;
    find(id)?.abort.abort();
    change(id, { state: 'failed', failure: { code: 'too_large', reason } });
  }

  function sizeProblem(bytes: number): string | null {
    if (bytes === 0) return 'file_empty';
    if (allowance === null) return null;
    if (bytes > allowance.fileBytesMax) return 'file_too_large';
    return bytes > allowance.bytesLeft ? 'files_full' : null;
  }

  function next() {
    const running = items.filter(({ state }) => state === 'uploading').length;
    const waiting = items.filter(({ state, failure }) => state === 'waiting' && failure === null);
    for (const item of waiting.slice(0, Math.max(0, atOnceMax - running))) void upload(item.id);
  }

  async function upload(id: string) {
    change(id, { state: 'uploading', share: 0, failure: null });
    const ports = await reach();
    const item = find(id);
    if (item?.file == null || item.state !== 'uploading') return next();
    const result = await (ports ?? unreached).upload(item.file, item.name, {
      signal: item.abort.signal,
      onProgress: (share) => find(id)?.state === 'uploading' && change(id, { share }),
    });
    const now = find(id);
    if (now === undefined) {
      // Removed in the very moment that it arrived.
      if (result.ok) void ports?.remove(result.value.id);
    } else if (now.state === 'failed') {
      // Refused for its size meanwhile.
    } else if (result.ok) {
      if (result.value.hasThumbnail && item.file !== null) keepPicture(access, result.value.id, item.file);
      change(id, { state: 'ready', share: 1, ref: result.value, name: result.value.name });
    } else if (isPassing(result.error) && now.tries < triesMax) {
      await again(id, result.error);
    } else {
      change(id, { state: 'failed', failure: result.error });
    }
    next();
  }

  async function again(id: string, failure: Failure) {
    const tries = (find(id)?.tries ?? 0) + 1;
    change(id, { state: 'waiting', failure, tries, share: 0 });
    await wait(failure.retryAfterMs ?? Math.min(retryMsMax, 500 * 2 ** tries));
    if (find(id)?.state === 'waiting') change(id, { failure: null });
  }

  function drop(item: Held, ports: Promise<FilePorts | null> | null) {
    if (item.preview !== null) URL.revokeObjectURL(item.preview);
    item.abort.abort();
    const { ref } = item;
    if (ref !== null) void ports?.then((each) => each?.remove(ref.id));
  }

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    add(files) {
      const room = filesPerMessageMax - items.length;
      isOverfull = files.length > room;
      const added = files.slice(0, Math.max(0, room)).map((file): Held => {
        const reason = sizeProblem(file.size);
        return {
          id: newId(),
          name: file.name === '' ? 'file' : file.name,
          bytes: file.size,
          state: reason === null ? 'waiting' : 'failed',
          share: 0,
          failure: reason === null ? null : { code: 'too_large', reason },
          preview: isRaster(file.type) && reason === null ? URL.createObjectURL(file) : null,
          file,
          ref: null,
          abort: new AbortController(),
          tries: 0,
        };
      });
      items = [...items, ...added];
      store.changed();
      next();
    },
    remove(id) {
      const item = find(id);
      if (item === undefined) return;
      items = items.filter((other) => other !== item);
      isOverfull = false;
      drop(item, reach());
      store.changed();
      next();
    },
    retry(id) {
      const item = find(id);
      if (item?.state !== 'failed' || item.file === null) return;
      change(id, { state: 'waiting', failure: null, tries: 0, abort: new AbortController() });
      next();
    },
    take() {
      const taken = items.flatMap(({ ref }) => (ref === null ? [] : [ref]));
      for (const item of items) drop({ ...item, ref: null }, null);
      items = [];
      isOverfull = false;
      store.changed();
      return taken;
    },
    putBack(files) {
      const known = new Set(items.map(({ ref }) => ref?.id));
      const back = files
        .filter(({ id }) => !known.has(id))
        .map(
          (ref): Held => ({
            id: newId(),
            name: ref.name,
            bytes: ref.bytes,
            state: 'ready',
            share: 1,
            failure: null,
            preview: null,
            file: null,
            ref,
            abort: new AbortController(),
            tries: 0,
          }),
        );
      items = [...back, ...items];
      store.changed();
    },
  };
}
