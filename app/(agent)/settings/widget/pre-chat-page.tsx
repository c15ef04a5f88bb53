'use client';

import { useRouter } from 'next/navigation';
import { savePreChat } from '#/app/(agent)/settings/actions.ts';
import { SettingsFrame, type Shell } from '#/app/(agent)/settings/settings-frame.tsx';
import { WordsProvider } from '#/components/conversation/words.tsx';
import { PreChatSettings, type PreChatSettingsProps } from '#/components/settings/pre-chat-settings.tsx';
import { SettingsPage } from '#/components/settings/settings-shell.tsx';
import { WidgetPreview } from '#/components/settings/widget-preview.tsx';
import { PreChatView } from '#/components/widget/pre-chat-view.tsx';
import { formOf } from '#/lib/pre-chat/rules.ts';
import { answered } from '#/lib/sync/outdated.ts';
import type { Texts } from '#/lib/texts/catalogue.ts';
import type { SavedLook } from '#/lib/widgets/rules.ts';

type Props = {
  shell: Shell;
  siteName: string;
  widget: { id: string; key: string; look: SavedLook };
  workspaceName: string;
  texts: Texts;
} & Omit<PreChatSettingsProps, 'widgetId' | 'save' | 'onSaved' | 'preview'>;

/** What one site's chat asks before a conversation and after it. */
export function PreChatPage({ shell, siteName, widget, workspaceName, texts, ...settings }: Props) {
  const router = useRouter();
  const { customFields, departments } = settings;
  return (
    <SettingsFrame shell={shell} part="widget">
      <SettingsPage
        title="Form and rating"
        lead="What the chat asks before a conversation, and after it."
        width="wide"
        back={{ name: siteName, href: `/settings/widget/${widget.id}` }}
      >
        <PreChatSettings
          {...settings}
          widgetId={widget.id}
          save={(input) => answered(() => savePreChat(input))}
          onSaved={() => router.refresh()}
          preview={(preChat, theme) => {
            const form = formOf(preChat, customFields, departments);
            const isAsked = preChat.askedOf !== 'nobody' && form.fields.length > 0;
            return (
              <WordsProvider language="en" texts={texts}>
                <WidgetPreview
                  config={{ key: widget.key, name: workspaceName, ...widget.look }}
                  services={{ preChat: isAsked ? form : null }}
                  isOpen={true}
                  theme={theme}
                >
                  {isAsked ? (
                    <PreChatView
                      open={{ form, answers: {}, refusal: null }}
                      company={workspaceName}
                      known={null}
                      isPicture={true}
                      onBack={nothing}
                      onClose={nothing}
                      onDone={nothing}
                    />
                  ) : null}
                </WidgetPreview>
              </WordsProvider>
            );
          }}
        />
      </SettingsPage>
    </SettingsFrame>
  );
}

function nothing() {}
