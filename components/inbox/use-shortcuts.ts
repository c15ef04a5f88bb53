'use client';

import { useEffect, useRef } from 'react';
import { findAct, isPrefix, type ShortcutAct } from '#/components/inbox/shortcuts.ts';

const sequenceMs = 1_000;

/**
 * Runs `onAct` for each key of the shortcut table. `onAct` returns false when it had nothing to do; the browser then
 * does what it would have done. Single keys never fire in fields, menus or dialogs.
 */
export function useShortcuts(onAct: (act: ShortcutAct) => boolean): void {
  const latest = useRef(onAct);
  useEffect(() => {
    latest.current = onAct;
  });
  useEffect(() => {
    let prefix: { key: string; at: number } | null = null;
    function onKeyDown(event: KeyboardEvent) {
      if (event.defaultPrevented || event.isComposing || (event.repeat === true && event.key === 'Enter'))
        return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest('[role="menu"], [role="dialog"], [role="listbox"]') != null) return;
      const isTyping = target !== null && isTextField(target);
      const open = prefix !== null && event.timeStamp - prefix.at < sequenceMs ? prefix.key : null;
      prefix = null;
      if (!isTyping && open === null && isPrefix(event)) {
        prefix = { key: event.key, at: event.timeStamp };
        return;
      }
      const act = findAct(event, open, isTyping);
      // Enter on a button or link is that button's or link's.
      if (act === 'open' && target?.closest('a, button, [role="button"]') != null) return;
      if (act !== null && latest.current(act)) event.preventDefault();
    }
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

function isTextField(element: Element): boolean {
  return element.closest('input, textarea, select, [contenteditable="true"]') !== null;
}
