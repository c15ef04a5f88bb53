import { customerRoute } from '#/lib/route.ts';
import { transcriptQuerySchema } from '#/lib/transcripts/schema.ts';
import { writeTranscript } from '#/lib/transcripts/service.ts';

/** A file, always: no browser shows it as a page of ours. */
export const GET = customerRoute({
  name: 'widget.transcript',
  limit: 'transcript.read',
  input: transcriptQuerySchema,
  run: async (customer, query) => {
    const { name, parts } = await writeTranscript(customer, query);
    return new Response(streamOf(parts), {
      headers: {
        'Content-Type': 'text/plain; charset=utf-8',
        'Content-Disposition': `attachment; filename="${name}"`,
        'X-Content-Type-Options': 'nosniff',
        'Cache-Control': 'private, no-store',
      },
    });
  },
});

function streamOf(parts: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const rest = parts[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await rest.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await rest.return?.();
    },
  });
}
