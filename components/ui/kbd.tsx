/** The keys of one shortcut; `mod` is ⌘ on Apple systems and Ctrl elsewhere (decided by CSS, so that both servers and browsers draw the same). */
export function Kbd({ keys, tone = 'plain' }: { keys: string; tone?: 'plain' | 'inverse' | 'on-fill' }) {
  const look =
    tone === 'plain'
      ? 'border-line-strong bg-bg-raised text-text-muted'
      : tone === 'inverse'
        ? 'border-current/25 text-current/80'
        : 'border-current/30 text-current/80';
  return (
    <span className="inline-flex items-center gap-0.5" aria-hidden="true">
      {keys.split('+').map((key, index) => (
        <kbd
          // biome-ignore lint/suspicious/noArrayIndexKey: the same key may come twice, as in g then g.
          key={index}
          className={`inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-tail border px-1 font-sans text-[11px] leading-none ${look}`}
        >
          {key === 'mod' ? <ModKey /> : (names[key] ?? key.toUpperCase())}
        </kbd>
      ))}
    </span>
  );
}

const names: Record<string, string> = {
  Enter: '↵',
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  shift: '⇧',
  Plus: '+',
};

function ModKey() {
  return (
    <>
      <span className="mod-apple">⌘</span>
      <span className="mod-other">Ctrl</span>
    </>
  );
}
