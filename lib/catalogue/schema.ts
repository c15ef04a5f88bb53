import type { CustomField } from '#/lib/custom-fields/schema.ts';
import type { Tag } from '#/lib/tags/schema.ts';
import type { SavedView } from '#/lib/views/schema.ts';

/** What the inbox offers to choose from; asked for anew at `catalogue.changed`. */
export type Catalogue = {
  /** Who can be assigned: active accounts. */
  agents: { id: string; name: string }[];
  departments: { id: string; name: string; isRestricted: boolean }[];
  tags: Tag[];
  /** Archived ones too: their values are still shown. By subject and position. */
  fields: CustomField[];
  /** This agent's own and the shared ones, in this agent's order. */
  views: SavedView[];
  workspace: { name: string; reopeningHours: number };
};
