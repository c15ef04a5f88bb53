/** What a site and its agents may keep about one person; every ticket list carries some of it. */
const attributesKeptMax = 100;
const attributesKeptBytesMax = 16_384;

/** Whether these attributes are more than a customer's row takes. Those that are null are on their way out. */
export function areAttributesOverfull(attributes: Record<string, unknown>): boolean {
  const entries = Object.entries(attributes).filter(([, value]) => value !== null);
  if (entries.length > attributesKeptMax) return true;
  return (
    new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries))).length > attributesKeptBytesMax
  );
}
