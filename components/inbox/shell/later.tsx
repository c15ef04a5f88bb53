'use client';

import { type ComponentType, lazy, useState } from 'react';

/** A component whose code comes after the page. */
export type Later<Props extends object> = {
  Component: ComponentType<Props>;
  /** Fetches it ahead; a failure is left to the real need. */
  fetch(): Promise<void>;
};

/**
 * Put it below a `Suspense`. Once the code is here it is drawn at once: `lazy` alone would show the fallback at its first
 * use all the same, and React holds back for 300 ms whatever follows one.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): Later<Props> {
  let loaded: ComponentType<Props> | null = null;
  async function take() {
    loaded = await load();
    return { default: loaded };
  }
  const Lazy = lazy(take);
  return {
    // biome-ignore lint/correctness/noComponentHookFactories: called once for each part, where modules are set up.
    Component: function Shown(props: Props) {
      // Decided once: another component in its place would begin anew.
      const [Own] = useState<ComponentType<Props>>(() => loaded ?? lazyOf(Lazy));
      return <Own {...props} />;
    },
    async fetch() {
      await take().catch(() => {});
    },
  };
}

/** Safe: what is lazy takes the props of what it loads. */
function lazyOf<Props extends object>(component: unknown): ComponentType<Props> {
  return component as ComponentType<Props>;
}
