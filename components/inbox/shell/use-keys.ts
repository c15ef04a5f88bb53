'use client';

import { useEffect, useRef } from 'react';
import { type Action, actionOf, type KeyBindings } from '#/components/inbox/shell/actions.ts';
import { isCharacterKeys, keysOfPress, matchKeys } from '#/components/inbox/shell/keys.ts';

const sequenceMs = 1_000;
/** How long what is typed may wait for the field that it was meant for. */
const awaitedMsMax = 2_000;
const overlays = '[role="menu"], [role="dialog"], [role="alertdialog"], [role="listbox"], [data-own-keys]';
const fields = 'input, textarea, select, [contenteditable="true"], [role="textbox"], [role="combobox"]';

/**
 * Runs the action that a key is bound to. `run` answers false when there was nothing to do; the browser then does what
 * it would have done. Keys never act in menus and dialogs, nor in fields but for those meant for them, nor while an
 * input method is composing.
 */
export function useKeys(bindings: KeyBindings, run: (action: Action) => boolean): void {
  const latest = useRef({ bindings, run });
  useEffect(() => {
    latest.current = { bindings, run };
  });
  useEffect(() => {
    let before: { presses: string[]; at: number } = { presses: [], at: 0 };
    /** Typed for a field that is on its way: acting on these letters would be acting on the wrong thing. */
    let awaited: { text: string; until: number } | null = null;

    function isForAwaited(event: KeyboardEvent): boolean {
      if (awaited === null) return false;
      const isOver = event.timeStamp > awaited.until || event.key === 'Escape' || isField(event.target);
      if (isOver) awaited = null;
      else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
        awaited.text += event.key;
        return true;
      }
      return false;
    }

    function onFocusIn({ target }: FocusEvent) {
      if (awaited === null || !isField(target)) return;
      const { text } = awaited;
      awaited = null;
      // After whoever gave it the focus has selected what it selects.
      if (text !== '') queueMicrotask(() => typeInto(target, text));
    }

    function onKeyDown(event: KeyboardEvent) {
      // 229: an input method has the key, in browsers that say so by nothing else.
      if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
      if (isForAwaited(event)) {
        event.preventDefault();
        return;
      }
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest(overlays) != null) return;
      const { key, code, ctrlKey, metaKey, altKey, shiftKey } = event;
      const isAltGraph = event.getModifierState('AltGraph');
      const press = keysOfPress({ key, code, ctrlKey, metaKey, altKey, shiftKey, isAltGraph });
      if (press === null) return;
      const isTyping = target?.closest(fields) != null;
      const begun = event.timeStamp - before.at < sequenceMs ? before.presses : [];
      before = { presses: [], at: 0 };
      const match =
        matchKeys(latest.current.bindings, begun, press) ?? matchKeys(latest.current.bindings, [], press);
      if (match === null) return;
      if ('isPrefix' in match) {
        if (!isTyping && !event.repeat) before = { presses: [...begun, press], at: event.timeStamp };
        return;
      }
      const action = actionOf(match.act);
      if (event.repeat && action.repeats !== true) return;
      if (isTyping && (action.inFields !== true || isCharacterKeys(press))) return;
      // Enter on a button or link is that button's or link's.
      if (press === 'Enter' && target?.closest('a, button, summary, [role="button"]') != null) return;
      if (!latest.current.run(action)) return;
      event.preventDefault();
      const isAwaited = action.opensField === true && !isField(document.activeElement);
      awaited = isAwaited ? { text: '', until: event.timeStamp + awaitedMsMax } : null;
    }
    window.addEventListener('keydown', onKeyDown);
    window.addEventListener('focusin', onFocusIn);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      window.removeEventListener('focusin', onFocusIn);
    };
  }, []);
}

function isField(target: unknown): target is HTMLInputElement | HTMLTextAreaElement {
  if (target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLInputElement && ['text', 'search'].includes(target.type);
}

/** As if it had been typed there: in place of what is selected. */
function typeInto(field: HTMLInputElement | HTMLTextAreaElement, text: string) {
  const end = field.value.length;
  field.setRangeText(text, field.selectionStart ?? end, field.selectionEnd ?? end, 'end');
  field.dispatchEvent(new InputEvent('input', { bubbles: true, data: text, inputType: 'insertText' }));
}
