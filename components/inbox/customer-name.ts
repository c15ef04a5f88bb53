/** What a customer is called on the staff's side: the name, else the address, else a word. */
export function customerName(customer: { name: string | null; email: string | null }): string {
  return customer.name ?? customer.email ?? 'Visitor';
}
