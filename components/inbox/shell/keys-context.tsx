'use client';

import { createContext, type ReactNode, useCallback, useContext } from 'react';
import { type ActionId, bindingsOf, type KeyBindings, shownKeys } from '#/components/inbox/shell/actions.ts';
import { usualPreferences } from '#/lib/agents/preferences.ts';

const usual = bindingsOf(usualPreferences);
const Keys = createContext<KeyBindings>(usual);

/** Says to everything below which keys do what for this agent. */
export function KeysProvider({ bindings, children }: { bindings: KeyBindings; children: ReactNode }) {
  return <Keys.Provider value={bindings}>{children}</Keys.Provider>;
}

/** The keys to show beside what does the same as an action: `keysOf('resolve')`; '' for none. */
export function useKeysOf(): (id: ActionId) => string {
  const bindings = useContext(Keys);
  return useCallback((id: ActionId) => shownKeys(bindings, id), [bindings]);
}
