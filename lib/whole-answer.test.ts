import { createServer, type IncomingHttpHeaders, request, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { sendWhole } from '#/lib/whole-answer.ts';

test('an answer written in pieces goes out as one, with its length', async () => {
  const { headers, text } = await ask((response) => {
    response.setHeader('Content-Type', 'text/plain');
    response.flushHeaders();
    response.write('Grüße ');
    response.write(Buffer.from('from '), () => response.end('here'));
  });
  expect(text).toBe('Grüße from here');
  expect(headers['content-length']).toBe(String(Buffer.byteLength('Grüße from here')));
  expect(headers['transfer-encoding']).toBeUndefined();
});

test('an answer without a body stays one, and its end is told', async () => {
  let wasTold = false;
  const { text, status } = await ask((response) => {
    response.statusCode = 204;
    response.end(() => {
      wasTold = true;
    });
  });
  expect([status, text]).toEqual([204, '']);
  await expect.poll(() => wasTold).toBe(true);
});

test('what was announced as chunked before the first piece still arrives whole', async () => {
  const { text } = await ask((response) => {
    response.writeHead(200);
    response.write('a');
    response.write('b');
    response.end();
  });
  expect(text).toBe('ab');
});

test('JSON of some size is packed for who accepts it; what is small or something else is not', async () => {
  const large = JSON.stringify({ text: 'a conversation '.repeat(200) });
  const json = (body: string) => (response: ServerResponse) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(body);
  };
  const packed = await ask(json(large), 'br, gzip');
  expect(packed.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(packed.body).toString()).toBe(large);
  for (const accepts of ['', 'identity', 'gzip;q=0', 'br']) {
    expect((await ask(json(large), accepts)).headers['content-encoding']).toBeUndefined();
  }
  expect((await ask(json('{"ok":true}'), 'gzip')).headers['content-encoding']).toBeUndefined();
});

async function ask(
  answer: (response: ServerResponse) => void,
  accepts = '',
): Promise<{ headers: IncomingHttpHeaders; status: number; text: string; body: Buffer }> {
  const server = createServer((_, response) => {
    sendWhole(response, accepts);
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  try {
    return await new Promise((resolve, reject) => {
      request({ port, host: '127.0.0.1' }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            body: Buffer.concat(chunks),
            headers: response.headers,
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString(),
          }),
        );
      })
        .on('error', reject)
        .end();
    });
  } finally {
    server.close();
  }
}
