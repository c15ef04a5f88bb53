import { expect, test } from 'vitest';
import { openUndoStack } from '#/components/inbox/shell/undo.ts';

function makeStack() {
  const undone: string[] = [];
  let nowMs = 0;
  const stack = openUndoStack(() => nowMs);
  const deed = (words: string) => ({
    words,
    undo: async () => {
      undone.push(words);
      return null;
    },
  });
  return { stack, undone, deed, wait: (ms: number) => (nowMs += ms) };
}

test('the latest deed is taken back first, each once, by its button or by the key', async () => {
  const { stack, undone, deed } = makeStack();
  expect(stack.undoLatest()).toBeNull();
  const button = stack.push(deed('first'));
  stack.push(deed('second'));
  expect(stack.getSnapshot().canUndo).toBe(true);
  await stack.undoLatest()?.outcome;
  await button();
  await button();
  expect(undone).toEqual(['second', 'first']);
  expect(stack.undoLatest()).toBeNull();
  expect(stack.getSnapshot().canUndo).toBe(false);
});

test('nothing long done is taken back by a stray key', () => {
  const { stack, deed, wait } = makeStack();
  stack.push(deed('old'));
  wait(300_001);
  expect(stack.undoLatest()).toBeNull();
});
