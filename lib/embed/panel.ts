import { type Core, emit } from '#/lib/embed/core.ts';
import { panelStyles } from '#/lib/embed/launcher-look.ts';

/** The part of the page that opens and closes. */
export type Panel = {
  /** Styles and listeners of its own; again whenever the look changed. */
  dress(): void;
  setOpen(isOpen: boolean, isByPerson: boolean): void;
  /** Some pages replace all that they find: back on it. A frame that is put back loads again. */
  mend(): void;
  /** The frame shows something from now on. */
  arrive(): void;
  /** The person, not a script, opened it last, and is still here. */
  takesFocus(): boolean;
};

/** `reach` has the frame made, `tell` says to it what changed. */
export function openPanel(core: Core, life: AbortController, line: { reach(): void; tell(): void }): Panel {
  const sheet = new CSSStyleSheet();
  let dressed: HTMLElement | null = null;
  let takesFocus = false;
  let hasArrived = false;
  let opener: Element | null = null;

  function dress() {
    const { look, root } = core;
    const shadow = root?.shadowRoot;
    if (!look || !root || !shadow) return;
    sheet.replaceSync(panelStyles(look));
    if (dressed === root) return;
    dressed = root;
    shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
    // From now on a frame that somebody comes near to is listened to from its first word.
    const launcher = shadow.querySelector('button');
    if (launcher) launcher.onpointerenter = launcher.onfocus = line.reach;
    root.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') setOpen(false, true);
    });
    // The on-screen keyboard shrinks only the visual viewport; the panel follows it.
    visualViewport?.addEventListener('resize', fit, life);
    visualViewport?.addEventListener('scroll', fit, life);
  }

  function fit() {
    const { style } = core.root ?? {};
    style?.setProperty('--h', `${visualViewport?.height}px`);
    style?.setProperty('--y', `${visualViewport?.offsetTop}px`);
  }

  function setOpen(isOpen: boolean, isByPerson: boolean) {
    if (!core.root) return;
    mend();
    if (core.isOpen === isOpen) return isOpen && isByPerson ? enter() : undefined;
    core.isOpen = isOpen;
    takesFocus = isByPerson;
    if (isOpen) {
      opener = document.activeElement;
      line.reach();
    }
    core.paint();
    if (isByPerson) moveFocus(isOpen);
    line.tell();
    emit(isOpen ? 'open' : 'close');
  }

  function mend() {
    const { root } = core;
    if (root?.isConnected !== false) return;
    core.isReady = false;
    core.isLoaded = false;
    hasArrived = false;
    document.documentElement.append(root);
    core.paint();
  }

  /**
   * The focus into the frame, once there is something in it: given to a frame whose page is still to come, it gets stuck
   * on the way, and what is typed arrives nowhere; given to an empty one, the first Tab goes past it.
   */
  function enter() {
    if (core.isReady && hasArrived) core.frame?.focus();
  }

  /** The frame shows something now. What has taken the focus in it keeps it. */
  function arrive() {
    hasArrived = true;
    if (isFocusDue() && core.root?.shadowRoot?.activeElement !== core.frame) enter();
  }

  /** Who has gone on to something else meanwhile stays there. */
  function isFocusDue(): boolean {
    const { activeElement } = document;
    const isHere = activeElement === opener || activeElement === core.root || activeElement === document.body;
    return core.isOpen && takesFocus && isHere;
  }

  /** In, and back to where it came from. */
  function moveFocus(isOpen: boolean) {
    const { root } = core;
    if (isOpen) return enter();
    const isElsewhere = opener !== root && opener !== document.body && opener?.isConnected === true;
    if (isElsewhere && opener instanceof HTMLElement) opener.focus();
    else root?.shadowRoot?.querySelector('button')?.focus();
  }

  return { dress, setOpen, mend, arrive, takesFocus: isFocusDue };
}
