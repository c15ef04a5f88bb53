import createClient from 'openapi-fetch';
import type { paths } from './parley-api.d.ts';

const parley = createClient<paths>({
  baseUrl: process.env.PARLEY ?? '',
  headers: { authorization: `Bearer ${process.env.PARLEY_KEY}` },
});

let cursor: string | undefined;
do {
  const { data, error } = await parley.GET('/api/v1/tickets', {
    params: {
      query: {
        where: JSON.stringify({ status: 'open', assigneeId: { isNull: true } }),
        order: 'createdAt',
        include: 'customer',
        ...(cursor === undefined ? {} : { cursor }),
      },
    },
  });
  if (error !== undefined) throw new Error(`${error.code}: ${error.detail}`);
  for (const ticket of data.data) {
    const name = ticket.customer?.name ?? 'A visitor';
    console.log(`#${ticket.number} ${ticket.subject} (${name})`);
  }
  cursor = data.nextCursor ?? undefined;
} while (cursor !== undefined);
