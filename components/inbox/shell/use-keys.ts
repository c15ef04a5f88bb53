'use client';

import { useEffect, useRef } from 'react';
import { type Action, actionOf, type KeyBindings } from '#/components/inbox/shell/actions.ts';
import { isCharacterKeys, keysOfPress, matchKeys } from '#/components/inbox/shell/keys.ts';

const sequenceMs = 1_000;
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
    function onKeyDown(event: KeyboardEvent) {
      // 229: an input method has the key, in browsers that say so by nothing else.
      if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
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
      if (latest.current.run(action)) event.preventDefault();
    }
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
