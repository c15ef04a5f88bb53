import { serve } from '#/lib/api/endpoint.ts';
import { readMarks } from '#/lib/api/endpoints/read-marks.ts';

export const GET = serve(readMarks.get);
export const PUT = serve(readMarks.set);
