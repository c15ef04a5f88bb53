import type { Deed, UndoStack } from '#/components/inbox/shell/undo.ts';
import { showToast } from '#/components/ui/toast.tsx';

/** Tells what was done, with a button that takes it back; the key for undo does the same, and either is once. */
export function offerUndo(stack: UndoStack, deed: Deed): void {
  let hide = () => {};
  const takeBack = stack.push({ ...deed, onTaken: () => hide() });
  hide = showToast(deed.words, 'plain', {
    words: 'Undo',
    run: () => void takeBack().then((refused) => refused !== null && showToast(refused, 'bad')),
  });
}
