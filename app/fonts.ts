import localFont from 'next/font/local';

/**
 * Inter's latin subset, preloaded by every layout that imports this file for its effect. globals.css names its family
 * `inter` first and the other subsets after it.
 * @public next/font wants a named constant; nobody reads it.
 */
export const inter = localFont({
  src: '../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
  weight: '100 900',
  display: 'swap',
  preload: true,
});
