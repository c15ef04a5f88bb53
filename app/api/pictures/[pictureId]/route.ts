import * as z from 'zod/mini';
import { RefusedError } from '#/lib/errors.ts';
import { idSchema } from '#/lib/messages/schema.ts';
import { findPicture } from '#/lib/profile/picture.ts';
import { openRoute } from '#/lib/route.ts';

/** An agent's picture, as public as their name; under one id it is always the same. */
export const GET = openRoute({
  name: 'picture',
  limit: 'file.read',
  input: z.strictObject({ pictureId: idSchema }),
  run: async (_, { pictureId }) => {
    const picture = await findPicture(pictureId);
    if (picture === null) throw new RefusedError({ code: 'not_found' });
    return new Response(new Uint8Array(picture), {
      headers: { 'Content-Type': 'image/webp', 'Cache-Control': 'public, max-age=31536000, immutable' },
    });
  },
});
