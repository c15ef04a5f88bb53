/** A reason not to start, as one sentence for the person at the terminal. Printed without a stack; exit code 1. */
export class Refusal extends Error {
  readonly code = 'refused';
}
