import { SettingsBlock } from '#/components/settings/settings-shell.tsx';
import { CopyButton } from '#/components/ui/copy-button.tsx';

const claims: readonly { name: string; what: string }[] = [
  { name: 'aud', what: 'the key of this widget' },
  { name: 'sub', what: 'your own id of the person, as text: it never changes' },
  { name: 'jti', what: 'a new random text in every token: each is good once' },
  { name: 'exp', what: 'seconds since 1970, an hour ahead at most' },
  { name: 'name, email, phone', what: 'if you know them' },
  { name: 'attributes', what: 'anything else: texts, numbers, yes and no' },
];

/** What a site's server signs, and what its page says. */
export function IdentityHow({ widgetKey }: { widgetKey: string }) {
  const call = `Parley('identify', {
  getToken: () => fetch('/chat-token', { method: 'POST' }).then((answer) => answer.text()),
});`;
  return (
    <SettingsBlock
      title="What your site does"
      lead="Your server signs a JSON Web Token with HS256 and the secret for whoever is signed in there; your page hands it over. Whole examples for Node.js, PHP, Python and Ruby are in docs/identity.md."
    >
      <dl className="overflow-hidden rounded-card border border-line bg-bg-raised">
        {claims.map(({ name, what }) => (
          <div
            key={name}
            className="grid grid-cols-[minmax(0,2fr)_minmax(0,5fr)] gap-3 border-line border-b px-4 py-2 last:border-b-0 max-tablet:grid-cols-1 max-tablet:gap-0"
          >
            <dt className="font-mono text-13">{name}</dt>
            <dd className="wrap-anywhere">
              {what}
              {name === 'aud' ? (
                <>
                  : <code className="font-mono text-13">{widgetKey}</code>
                </>
              ) : null}
            </dd>
          </div>
        ))}
      </dl>
      <div className="flex flex-col items-start gap-2">
        <pre
          dir="ltr"
          className="w-full overflow-x-auto whitespace-pre-wrap rounded-card border border-line bg-bg-sunken px-4 py-3 font-mono text-12 wrap-anywhere"
        >
          <code>{call}</code>
        </pre>
        <CopyButton text={call} label="Copy the call" />
      </div>
    </SettingsBlock>
  );
}
