import { PlainPage } from '#/components/ui/plain-page.tsx';

export default function NotFound() {
  return (
    <PlainPage title="This page does not exist" action={{ words: 'Go to the start page', href: '/' }}>
      The address may have a typo, or what it showed has been removed.
    </PlainPage>
  );
}
