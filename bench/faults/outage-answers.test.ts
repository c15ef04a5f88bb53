import { expect, test } from 'vitest';
import { refuses } from '#/bench/faults/outage-answers.ts';

test.each([
  ['a heading', '<main><h1>You may not see this ticket</h1></main>'],
  ['a heading between scripts', '<script>1</script><h1>This ticket is not here</h1><script>2</script>'],
  ['a way to sign in', '<meta http-equiv="refresh" content="1;url=/sign-in?next=/inbox"/>'],
  ['an answer that is no page', '{"reason":"This chat is not available"}'],
])('%s refuses', (_, text) => {
  expect(refuses(text)).toBe(true);
});

test.each([
  ['a page that is whole', '<main><h1>Inbox</h1></main>'],
  [
    'words for later',
    '<h1>Chat</h1><script nonce="a">["panel.offTitle",\n"This chat is not available"]</script>',
  ],
])('%s does not', (_, text) => {
  expect(refuses(text)).toBe(false);
});
