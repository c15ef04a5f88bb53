'use client';

import { ShieldX } from 'lucide-react';
import { useRouter } from 'next/navigation';
import type { ComponentProps } from 'react';
import {
  checkIdentityToken,
  createIdentitySecret,
  revokeIdentitySecret,
} from '#/app/(agent)/settings/identity/actions.ts';
import { SettingsFrame, type Shell } from '#/app/(agent)/settings/settings-frame.tsx';
import { IdentityCheck } from '#/components/settings/identity-check.tsx';
import { IdentityHow } from '#/components/settings/identity-how.tsx';
import { IdentitySecrets } from '#/components/settings/identity-secrets.tsx';
import { SettingsPage } from '#/components/settings/settings-shell.tsx';
import { EmptyState } from '#/components/ui/empty-state.tsx';
import { ChoiceField } from '#/components/ui/field.tsx';
import { newId } from '#/lib/ids.ts';
import { answered } from '#/lib/sync/outdated.ts';

type Site = {
  widget: { id: string; key: string; name: string };
  sites: readonly { id: string; name: string }[];
  secrets: ComponentProps<typeof IdentitySecrets>['secrets'];
};

/** How a site says who its visitors are, and why it is not believed. Null for who may not see that. */
export function IdentityPage({ shell, site }: { shell: Shell; site: Site | null }) {
  return (
    <SettingsFrame shell={shell} part="identity">
      {site === null ? (
        <SettingsPage title="Identity">
          <EmptyState icon={<ShieldX aria-hidden="true" />} title="Only admins can see this">
            The secrets that your site signs with are looked after by your admins.
          </EmptyState>
        </SettingsPage>
      ) : (
        <SettingsPage
          title="Identity"
          lead="Your site can say who its visitors are. Signed in, they find their conversations in every browser, and you see a verified name."
        >
          <SiteIdentity {...site} />
        </SettingsPage>
      )}
    </SettingsFrame>
  );
}

function SiteIdentity({ widget, sites, secrets }: Site) {
  const router = useRouter();
  const widgetId = widget.id;
  return (
    <>
      {sites.length < 2 ? null : (
        <ChoiceField
          label="Site"
          name="widget"
          value={widgetId}
          choices={sites.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(id) => router.push(`/settings/identity?widget=${id}`)}
        />
      )}
      <IdentitySecrets
        secrets={secrets}
        createSecret={() => answered(() => createIdentitySecret({ widgetId, id: newId() }))}
        revokeSecret={(secretId) => answered(() => revokeIdentitySecret({ widgetId, secretId }))}
      />
      <IdentityHow widgetKey={widget.key} />
      <IdentityCheck
        widgetKey={widget.key}
        checkToken={(token) => answered(() => checkIdentityToken({ widgetId, token }))}
      />
    </>
  );
}
