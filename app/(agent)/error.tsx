'use client';

// Of this group only: at the root, the frame on a customer's page would load it with every opening.
export { ErrorPage as default } from '#/components/ui/error-page.tsx';
