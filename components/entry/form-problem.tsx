import { failureText } from '#/components/ui/failure-text.ts';
import type { Failure } from '#/lib/errors.ts';

/** What was refused as a whole, above the button; refusals of one field are shown at that field. */
export function FormProblem({ failure, fields }: { failure: Failure | null; fields: readonly string[] }) {
  if (failure === null || (failure.field !== undefined && fields.includes(failure.field))) return null;
  return (
    <p role="alert" className="rounded-control bg-bad-bg px-3 py-2 text-13 text-bad">
      {failureText(failure)}
    </p>
  );
}
