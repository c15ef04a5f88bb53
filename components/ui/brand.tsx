/** The product's mark: two people talking, one shape. Decorative; the name stands beside it. */
export function BrandMark({ size = 28 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <path
        d="M6 4h14a6 6 0 0 1 6 6v6a6 6 0 0 1-6 6h-6l-6.2 5.2A1 1 0 0 1 6 26.4V22a6 6 0 0 1-4-5.6V8a4 4 0 0 1 4-4Z"
        className="fill-accent"
      />
      <circle cx="10" cy="13" r="1.75" className="fill-accent-text" />
      <circle cx="18" cy="13" r="1.75" className="fill-accent-text" />
    </svg>
  );
}
