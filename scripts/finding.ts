/** One line of the doctor: what was looked at, how it is, and what to do about it. */
export type Finding = {
  name: string;
  /** `advice`: it works, and could be better. `unknown`: there was nothing to look at, such as what is not running. */
  state: 'fine' | 'advice' | 'broken' | 'unknown';
  says: string;
  next?: string;
};

export const fine = (name: string, says: string): Finding => ({ name, state: 'fine', says });
export const unknown = (name: string, says: string): Finding => ({ name, state: 'unknown', says });
export const advice = (name: string, says: string, next: string): Finding => ({
  name,
  state: 'advice',
  says,
  next,
});
export const broken = (name: string, says: string, next: string): Finding => ({
  name,
  state: 'broken',
  says,
  next,
});

const signs: Record<Finding['state'], string> = { fine: '✓', advice: '!', broken: '✗', unknown: '·' };

/** A finding as a line for a person. */
export function lineOf({ name, state, says, next }: Finding): string {
  return `${signs[state]} ${name}: ${says}${next === undefined ? '' : ` → ${next}`}`;
}
