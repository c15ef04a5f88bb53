import type { Metadata } from 'next';
import { ApiDocs } from '#/components/api-docs/api-docs.tsx';
import { openApiDocument } from '#/lib/api/endpoints/openapi-document.ts';

export const metadata: Metadata = { title: 'API' };

/** The reference of the public API, written from the endpoints themselves: the same for everybody. */
export default function ApiDocsPage() {
  return <ApiDocs document={openApiDocument()} />;
}
