'use client';

import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from 'react';
import { useWords } from '#/components/conversation/words.tsx';
import { HomeView } from '#/components/widget/home-view.tsx';
import { accentRoles } from '#/lib/embed/contrast.ts';
import { launcherGlyph, launcherStyles, panelStyles } from '#/lib/embed/launcher-look.ts';
import { parseLook } from '#/lib/embed/protocol.ts';
import type { WidgetServices } from '#/lib/widgets/frame-config.ts';
import type { SavedLook } from '#/lib/widgets/rules.ts';
import type { WidgetConfig } from '#/lib/widgets/schema.ts';

/** Inside the preview's frame instead of a whole page, and never as narrow as a phone. */
const inPlace = (
  position: WidgetConfig['position'],
) => `:host{position:absolute!important;inset:0!important;z-index:0!important}
button,div{position:absolute!important}
div{width:min(400px,100% - 40px)!important;height:calc(100% - 108px)!important;inset:auto ${position === 'right' ? '20px 88px auto' : 'auto 88px 20px'}!important;border-radius:16px!important}
:host(.o) button{display:block!important}
slot{display:block;height:100%}`;

const plainServices: WidgetServices = {
  availability: { at: 0, spans: null },
  replyWithinMs: null,
  preChat: null,
  asksRating: true,
};

/**
 * The launcher and the chat's home as a visitor sees them, of what is typed and not saved yet. Both are the real ones:
 * the loader's own shapes and styles, in a shadow root as on a site, around the frame's own home.
 */
export function WidgetPreview({
  config: shownConfig,
  services = {},
  isOpen,
  theme,
  children = null,
}: {
  config: SavedLook & { key: string; name: string };
  /** Of what stands around a conversation, what is to be seen; the rest is as of a chat that is always open. */
  services?: Partial<WidgetServices>;
  isOpen: boolean;
  /** Of the visitor's device, where the chat follows it. */
  theme: 'light' | 'dark';
  /** Instead of home. */
  children?: ReactNode;
}) {
  const { language, direction } = useWords();
  // The launcher's words are for screen readers, and nothing in here is read out.
  const config = { ...shownConfig, launcherLabel: '', closeLabel: '', unreadLabel: '' };
  const host = useRef<HTMLDivElement>(null);
  const [isDrawn, setIsDrawn] = useState(false);
  const shown = config.theme === 'auto' ? theme : config.theme;
  const look = parseLook({ value: { ...config, theme: shown } });
  const styles = look === null ? null : launcherStyles(look) + panelStyles(look) + inPlace(config.position);

  useEffect(() => {
    const root = host.current;
    if (root === null || styles === null) return;
    const shadow = root.shadowRoot ?? makeShadow(root);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    shadow.adoptedStyleSheets = [sheet];
    setIsDrawn(true);
  }, [styles]);

  return (
    <div
      inert
      data-theme={theme}
      // As high as a form of usual length: nothing in here scrolls.
      className={`relative overflow-hidden rounded-card border border-line bg-bg ${children === null ? 'h-[600px]' : 'h-[760px]'}`}
    >
      <PageLines />
      <div ref={host} className={`${isOpen ? 'o' : ''} ${isDrawn ? 'r' : 'r opacity-0'}`}>
        <div
          data-theme={shown}
          lang={language}
          dir={direction}
          style={rolesOf(config.accent)}
          className="relative flex h-full flex-col overflow-hidden bg-bg text-15 text-text"
        >
          {children ?? (
            <HomeView
              config={{ ...config, ...plainServices, ...services }}
              list={null}
              focusTurn={0}
              isReturn={false}
              onOpen={nothing}
              onStart={nothing}
              onClose={nothing}
            />
          )}
        </div>
      </div>
    </div>
  );
}

function makeShadow(host: HTMLElement): ShadowRoot {
  const shadow = host.attachShadow({ mode: 'open' });
  const panel = document.createElement('div');
  const launcher = document.createElement('button');
  panel.append(document.createElement('slot'));
  launcher.append(launcherGlyph(), document.createElement('b'));
  shadow.append(panel, launcher);
  return shadow;
}

// React's style type knows no custom properties; the annotation names those that are set.
function rolesOf(accent: string): CSSProperties & ReturnType<typeof accentRoles> {
  return { ...accentRoles(accent), fontFamily: 'system-ui, sans-serif', lineHeight: 1.5 };
}

function nothing() {}

/** Somebody's page, as far as it matters here. */
function PageLines() {
  return (
    <div className="flex flex-col gap-3 p-6 opacity-70">
      <span className="h-5 w-1/3 rounded-control bg-bg-sunken" />
      <span className="h-24 rounded-card bg-bg-sunken" />
      <span className="h-3 w-4/5 rounded-control bg-bg-sunken" />
      <span className="h-3 w-3/5 rounded-control bg-bg-sunken" />
      <span className="h-3 w-2/3 rounded-control bg-bg-sunken" />
    </div>
  );
}
