import { Banner } from '#/components/ui/banner.tsx';

/** That Parley switched webhooks off, until somebody has looked after them. */
export function WebhooksNotice({ stopped }: { stopped: number }) {
  if (stopped === 0) return null;
  return (
    <Banner>
      <span>
        {stopped === 1 ? 'A webhook was switched off' : `${stopped} webhooks were switched off`}, since
        nothing got through any more.{' '}
        <a href="/settings/webhooks" className="font-medium text-inherit underline underline-offset-2">
          Look at {stopped === 1 ? 'it' : 'them'}
        </a>
      </span>
    </Banner>
  );
}
