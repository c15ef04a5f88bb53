import type { ReactNode } from 'react';

const shapes = {
  'arrow-up': <path d="M12 19V5m-6 6 6-6 6 6" />,
  'arrow-down': <path d="M12 5v14m6-6-6 6-6-6" />,
  back: <path d="m15 5-7 7 7 7" />,
  close: <path d="m6 6 12 12M18 6 6 18" />,
  more: (
    <>
      <circle cx="5" cy="12" r="1" />
      <circle cx="12" cy="12" r="1" />
      <circle cx="19" cy="12" r="1" />
    </>
  ),
  forward: <path d="m9 5 7 7-7 7" />,
  send: <path d="M5 12 3 4l18 8-18 8zm0 0h8" />,
  clip: (
    <path d="m20 11-8.2 8.2a5 5 0 0 1-7-7L13.3 3.7a3.3 3.3 0 0 1 4.7 4.7l-8.3 8.3a1.7 1.7 0 0 1-2.4-2.4L14.5 7" />
  ),
  file: <path d="M6 3h8l4 4v14H6zM14 3v4h4" />,
  check: <path d="m5 12.5 4.5 4.5L19 7.5" />,
  bell: <path d="M6 10a6 6 0 0 1 12 0c0 5 2 6 2 7H4c0-1 2-2 2-7m4 11h4" />,
  link: (
    <path d="M10 14a4.5 4.5 0 0 0 6.4 0l2.8-2.8a4.5 4.5 0 0 0-6.4-6.4L11.6 6M14 10a4.5 4.5 0 0 0-6.4 0l-2.8 2.8a4.5 4.5 0 0 0 6.4 6.4l1.2-1.2" />
  ),
} satisfies Record<string, ReactNode>;

/** One of the few icons that both sides draw without an icon library. Decoration: name the button that holds it. */
export function Glyph({ shape, size = 16 }: { shape: keyof typeof shapes; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={size > 16 ? 1.75 : 2}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {shapes[shape]}
    </svg>
  );
}
