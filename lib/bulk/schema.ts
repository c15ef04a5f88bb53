export const bulkStates = ['running', 'done', 'cancelled'] as const;
export type BulkState = (typeof bulkStates)[number];
/** `skipped` was refused or was so already; `reason` says which. */
export const bulkItemStates = ['waiting', 'done', 'skipped'] as const;
