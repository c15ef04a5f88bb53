/** `1 open ticket`, `1,204 open tickets`. */
export function ticketsText(count: number): string {
  return count === 1 ? '1 open ticket' : `${count.toLocaleString('en')} open tickets`;
}
