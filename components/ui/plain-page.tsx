import type { CSSProperties, ReactNode } from 'react';

// Style attributes and system colours only: these pages show where no stylesheet may have loaded, and a stylesheet
// imported by them would load on every page, the customer's frame included.
const page: CSSProperties = {
  boxSizing: 'border-box',
  maxWidth: 432,
  minHeight: '90dvh',
  margin: '0 auto',
  padding: 24,
  display: 'flex',
  flexDirection: 'column',
  justifyContent: 'center',
  gap: 8,
  font: '14px/20px "inter", "Inter Variable", system-ui, sans-serif',
};
const heading: CSSProperties = {
  margin: 0,
  font: '600 20px/28px "inter", "Inter Variable", system-ui, sans-serif',
};
const act: CSSProperties = {
  display: 'inline-flex',
  alignItems: 'center',
  minHeight: 40,
  padding: '0 16px',
  border: '1px solid color-mix(in oklab, currentColor 25%, transparent)',
  borderRadius: 6,
  background: 'transparent',
  color: 'inherit',
  font: '500 14px/20px "inter", "Inter Variable", system-ui, sans-serif',
  textDecoration: 'none',
  cursor: 'pointer',
};

/** A page that says one thing, drawn without any stylesheet. */
export function PlainPage({
  title,
  children,
  action,
  reference,
  isAlert = false,
}: {
  title: string;
  children: ReactNode;
  action?: { words: string; href: string } | { words: string; onPress(): void };
  reference?: string | undefined;
  isAlert?: boolean;
}) {
  return (
    <main style={page} role={isAlert ? 'alert' : undefined}>
      <h1 style={heading}>{title}</h1>
      <p style={{ margin: 0, opacity: 0.75 }}>{children}</p>
      {action === undefined ? null : (
        <p style={{ margin: '16px 0 0' }}>
          {'href' in action ? (
            <a href={action.href} style={act}>
              {action.words}
            </a>
          ) : (
            <button type="button" onClick={action.onPress} style={act}>
              {action.words}
            </button>
          )}
        </p>
      )}
      {reference === undefined ? null : (
        <p style={{ margin: '16px 0 0', fontSize: 12, opacity: 0.6 }}>Reference: {reference}</p>
      )}
    </main>
  );
}
