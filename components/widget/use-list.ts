import { useStore } from '#/lib/sync/hooks.ts';
import { openStore } from '#/lib/sync/store.ts';
import type { CustomerListSnapshot, CustomerListStore } from '#/lib/sync/widget.ts';

const none = openStore(() => null);

/** What is known of the customer; null for a visitor. */
export function useList(list: CustomerListStore | null): CustomerListSnapshot | null {
  return useStore<CustomerListSnapshot | null>(list ?? none);
}
