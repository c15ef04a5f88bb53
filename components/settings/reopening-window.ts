/** How people say the reopening window: in days where they are whole, else in hours. */
export type WindowUnit = 'hours' | 'days';
export const windowUnits: Record<WindowUnit, { label: string; hours: number }> = {
  hours: { label: 'hours', hours: 1 },
  days: { label: 'days', hours: 24 },
};

export function windowOf(hours: number): { count: string; unit: WindowUnit } {
  const isDays = hours > 0 && hours % 24 === 0;
  return isDays ? { count: String(hours / 24), unit: 'days' } : { count: String(hours), unit: 'hours' };
}

/** The window in one sentence. */
export function windowText(hours: number): string {
  if (hours === 0) return 'A customer’s reply to a resolved ticket always starts a follow-up.';
  const { count, unit } = windowOf(hours);
  const span = count === '1' ? `one ${unit.slice(0, -1)}` : `${count} ${unit}`;
  return `For ${span}, a customer’s reply opens a resolved ticket again; later, it starts a follow-up.`;
}
