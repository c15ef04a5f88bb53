import { type LauncherLook, textOn } from '#/lib/embed/protocol.ts';

/*
 * How the launcher and its panel look: the loader's, and the settings' preview of it. The host has class `o` while
 * open, `r` once the frame is ready, `h` while the launcher is hidden. Constructed style sheets of the shadow root.
 */

/** The launcher alone: every page that embeds us pays for it. */
export function launcherStyles({ accent, position }: LauncherLook): string {
  return `:host{all:initial!important;position:fixed!important;z-index:2147483000!important}
button,div{position:fixed;bottom:20px;${position}:20px}
button{width:56px;height:56px;border:0;border-radius:50%;background:${accent};color:${textOn(accent)};cursor:pointer;box-shadow:0 4px 24px #0004}
button:hover{scale:1.05}
:focus-visible{outline:2px solid #000;outline-offset:2px;box-shadow:0 0 0 2px #fff}
svg{position:absolute;inset:14px;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
path+path{opacity:0}
b{position:absolute;top:-4px;right:-4px;min-width:10px;padding:0 5px;border-radius:10px;background:#d92d20;color:#fff;font:600 12px/20px system-ui}
b:empty,:host(.h) button{display:none}
div{visibility:hidden}
@media print{:host{display:none!important}}
@media not (prefers-reduced-motion){*{transition:.15s;transition-property:opacity,transform,scale,visibility}}`;
}

/** The panel, and the launcher while it is open. Comes after the launcher's own. Only the page itself knows of a notch. */
export function panelStyles({ theme }: LauncherLook): string {
  return `:host(.o) path{opacity:0}
:host(.o) path+path{opacity:1}
div{color-scheme:${theme};bottom:88px;width:400px;height:min(704px,100dvh - 104px);border-radius:16px;overflow:hidden;background:light-dark(#fff,#111214);box-shadow:0 0 0 1px light-dark(#0001,#fff2),0 8px 40px #0003;opacity:0;transform:translateY(8px)}
:host(.o) div{visibility:visible;opacity:1;transform:none}
iframe{display:block;width:100%;height:100%;border:0;opacity:0;color-scheme:${theme}}
:host(.r) iframe{opacity:1}
@media(max-width:479px),(max-height:399px){div{inset:var(--y,0)0 auto;width:100%;height:var(--h,100dvh);border-radius:0;box-sizing:border-box;padding:env(safe-area-inset-top)env(safe-area-inset-right)env(safe-area-inset-bottom)env(safe-area-inset-left)}:host(.o) button{display:none}}`;
}

/** A bubble, and the chevron that takes its place. */
export function launcherGlyph(): Element {
  const draw = (tag: string, name: string, value: string, ...inner: Element[]) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    element.setAttribute(name, value);
    element.append(...inner);
    return element;
  };
  return draw(
    'svg',
    'viewBox',
    '0 0 24 24',
    draw('path', 'd', 'M12 4a8 8 0 0 0-7 12l-1 4 4-1a8 8 0 1 0 4-15z'),
    draw('path', 'd', 'm6 9 6 6 6-6'),
  );
}
