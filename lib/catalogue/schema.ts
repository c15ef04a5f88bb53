import type { CustomField } from '#/lib/custom-fields/schema.ts';
import type { Tag } from '#/lib/tags/schema.ts';

/** What the inbox offers to choose from; asked for anew at `catalogue.changed`. */
export type Catalogue = {
  /** Who can be assigned: active accounts. */
  agents: { id: string; name: string }[];
  departments: { id: string; name: string; isRestricted: boolean }[];
  tags: Tag[];
  /** Archived ones too: their values are still shown. By subject and position. */
  fields: CustomField[];
  workspace: { name: string; reopeningHours: number };
};
