import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FileAccess, FileShelf } from '#/components/conversation/attachments/files-context.ts';
import { openTray } from '#/components/conversation/attachments/tray.ts';
import { fail, type Result, succeed } from '#/lib/errors.ts';
import { filesPerMessageMax } from '#/lib/files/rules.ts';
import type { FileRef } from '#/lib/files/schema.ts';
import type { FilePorts } from '#/lib/sync/file-transfer.ts';

type Pending = {
  name: string;
  settle(result: Result<FileRef>): void;
  progress(share: number): void;
  signal: AbortSignal;
};
const addresses = new Set<string>();
let made = 0;

beforeEach(() => {
  addresses.clear();
  vi.spyOn(URL, 'createObjectURL').mockImplementation(() => {
    const address = `blob:${made++}`;
    addresses.add(address);
    return address;
  });
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation((address) => void addresses.delete(address));
});
afterEach(() => vi.restoreAllMocks());

function world(allowance = { fileBytesMax: 100, bytesLeft: 1_000 }, shelf?: FileShelf) {
  const pending: Pending[] = [];
  const removed: string[] = [];
  const ports: FilePorts = {
    upload: (_file, name, { onProgress, signal }) =>
      new Promise((settle) => {
        pending.push({ name, settle, progress: onProgress, signal });
        signal.addEventListener('abort', () =>
          settle(fail({ code: 'unavailable', reason: 'no_connection' })),
        );
      }),
    remove: async (id) => {
      removed.push(id);
      return succeed(null);
    },
    read: async () => fail({ code: 'not_found' }),
    fetchAllowance: async () => succeed(allowance),
  };
  const access: FileAccess = Object.assign(async () => ports, shelf === undefined ? {} : { shelf });
  const tray = openTray(access, 'here', async () => {});
  const states = () => tray.getSnapshot().items.map(({ name, state }) => `${name} ${state}`);
  const arrive = (name: string) => {
    const at = pending.findIndex((each) => each.name === name);
    const [found] = pending.splice(at, 1);
    found?.settle(succeed({ id: `id of ${name}`, name, type: 'text/plain', bytes: 3, hasThumbnail: false }));
    return vi.waitFor(() => expect(states()).toContain(`${name} ready`));
  };
  return { tray, pending, removed, states, arrive };
}
const file = (name: string, content = 'abc', type = 'text/plain') => new File([content], name, { type });
const settled = () => new Promise((done) => setTimeout(done, 5));

describe('a tray', () => {
  test('uploads two at a time, and gives what arrived in the order that it was chosen', async () => {
    const { tray, pending, states, arrive } = world();
    tray.add([file('a'), file('b'), file('c')]);
    await settled();
    expect(pending.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(states()).toEqual(['a uploading', 'b uploading', 'c waiting']);
    pending[1]?.progress(0.5);
    expect(tray.getSnapshot().items[1]?.share).toBe(0.5);
    await arrive('b');
    await arrive('c');
    await arrive('a');
    expect(tray.take().map(({ id }) => id)).toEqual(['id of a', 'id of b', 'id of c']);
    expect(states()).toEqual([]);
    expect(tray.take()).toEqual([]);
  });

  test('tells what is too much before anything of it leaves', async () => {
    const { tray, pending, states } = world({ fileBytesMax: 10, bytesLeft: 8 });
    await settled();
    tray.add([file('empty', ''), file('large', 'x'.repeat(11)), file('over', 'x'.repeat(9)), file('fits')]);
    await settled();
    expect(states()).toEqual(['empty failed', 'large failed', 'over failed', 'fits uploading']);
    expect(tray.getSnapshot().items.map(({ failure }) => failure?.reason)).toEqual([
      'file_empty',
      'file_too_large',
      'files_full',
      undefined,
    ]);
    expect(pending).toHaveLength(1);
    tray.add(Array.from({ length: filesPerMessageMax }, (_, index) => file(`more ${index}`)));
    expect(tray.getSnapshot()).toMatchObject({ isOverfull: true });
    expect(tray.getSnapshot().items).toHaveLength(filesPerMessageMax);
  });

  test('learns the limits while an upload is under way, and stops what is above them', async () => {
    const { tray, pending, states } = world({ fileBytesMax: 2, bytesLeft: 100 });
    tray.add([file('large')]);
    await settled();
    expect(states()).toEqual(['large failed']);
    expect(pending.every(({ signal }) => signal.aborted)).toBe(true);
  });

  test('tries again by itself what the line lost, and leaves to its person what was refused', async () => {
    const { tray, pending, states, arrive } = world();
    tray.add([file('a'), file('b')]);
    await settled();
    pending.shift()?.settle(fail({ code: 'unavailable', reason: 'no_connection' }));
    pending.shift()?.settle(fail({ code: 'invalid', reason: 'file_type' }));
    await settled();
    expect(states()).toEqual(['a uploading', 'b failed']);
    await arrive('a');
    const [, refused] = tray.getSnapshot().items;
    tray.retry(refused?.id ?? '');
    await settled();
    await arrive('b');
  });

  test('a line that never comes back ends in a word, not in a wheel', async () => {
    const { tray, pending, states } = world();
    tray.add([file('a')]);
    for (let tries = 0; tries < 12; tries++) {
      await settled();
      pending.shift()?.settle(fail({ code: 'unavailable' }));
    }
    await settled();
    expect(states()).toEqual(['a failed']);
    expect(pending).toHaveLength(0);
  });

  test('removing cancels what is on its way and takes back what has arrived', async () => {
    const { tray, pending, removed, arrive } = world();
    tray.add([file('a'), file('b')]);
    await settled();
    const [a, b] = tray.getSnapshot().items;
    await arrive('b');
    tray.remove(a?.id ?? '');
    tray.remove(b?.id ?? '');
    await settled();
    expect(pending[0]?.signal.aborted).toBe(true);
    expect(removed).toEqual(['id of b']);
    expect(tray.getSnapshot().items).toEqual([]);
  });

  test('what arrives in the moment of its removal is taken back', async () => {
    const { tray, pending, removed } = world();
    tray.add([file('a')]);
    await settled();
    const [a] = tray.getSnapshot().items;
    pending[0]?.settle(succeed({ id: 'late', name: 'a', type: 'text/plain', bytes: 3, hasThumbnail: false }));
    tray.remove(a?.id ?? '');
    await settled();
    expect(removed).toEqual(['late']);
  });

  test('keeps no address of a picture longer than the picture is here', async () => {
    const { tray, arrive } = world();
    tray.add([
      file('a.png', 'abc', 'image/png'),
      file('b.png', 'abc', 'image/png'),
      file('c.svg', '<svg/>', 'image/svg+xml'),
    ]);
    await settled();
    expect(addresses.size).toBe(2);
    tray.remove(tray.getSnapshot().items[0]?.id ?? '');
    expect(addresses.size).toBe(1);
    await arrive('b.png');
    tray.take();
    expect(addresses.size).toBe(0);
  });

  test('keeps on its shelf what has arrived and is not sent, and nothing else', async () => {
    const kept: string[] = [];
    const save: FileShelf['save'] = (key, files) => {
      kept.splice(0, kept.length, ...files.map(({ id }) => `${key} ${id}`));
    };
    const { tray, arrive } = world(undefined, { load: () => [], save });
    tray.add([file('a'), file('b')]);
    await settled();
    expect(kept).toEqual([]);
    await arrive('b');
    expect(kept).toEqual(['here id of b']);
    await arrive('a');
    expect(kept).toEqual(['here id of a', 'here id of b']);
    tray.take();
    expect(kept).toEqual([]);
  });

  test('takes back the files of a message that its writer edits, once', async () => {
    const { tray } = world();
    const ref = { id: 'old', name: 'old.txt', type: 'text/plain', bytes: 3, hasThumbnail: false };
    tray.putBack([ref]);
    tray.putBack([ref]);
    expect(tray.take()).toEqual([ref]);
  });
});
