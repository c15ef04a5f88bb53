const steps = [
  ['megabyte', 1_000_000],
  ['kilobyte', 1_000],
  ['byte', 1],
] as const;

/** "2.4 MB", as the language writes it. */
export function sizeText(bytes: number, language: string): string {
  const [unit, size] = steps.find(([, each]) => bytes >= each) ?? steps[2];
  const value = bytes / size;
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit,
    // In short it would be "3 byte".
    unitDisplay: unit === 'byte' ? 'long' : 'short',
    maximumFractionDigits: unit === 'megabyte' && value < 100 ? 1 : 0,
  }).format(value);
}
