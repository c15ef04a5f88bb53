// Run in a page or a frame. What is `malformed` must change nothing whoever sends it; what is `wellFormed` must change
// nothing unless the one who may say it does.
globalThis.makeMessages = (seed, count, direction) => {
  let state = seed;
  /** Mulberry32: the same numbers for the same seed, at least 0 and below 1. */
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const oneOf = (list) => list[Math.floor(random() * list.length)];

  const deep = (levels) => {
    let value = 'the bottom';
    for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { parley: value };
    return value;
  };
  const cyclic = { parley: 'hello' };
  cyclic.kept = cyclic;
  const noText = [
    undefined,
    null,
    true,
    0,
    -1,
    0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    7n,
    [],
    ['hello'],
    {},
    { toString: 'x', valueOf: 'y' },
    { length: 4_294_967_295 },
    JSON.parse('{"__proto__":{"isOpen":true},"constructor":{"prototype":{"token":"x"}}}'),
    new Date(Number.NaN),
    /(a+)+$/,
    new Map([['parley', 'hello']]),
    new Set(['hello']),
    new Uint8Array(64),
    new Error('hello'),
    new Blob(['hello']),
    cyclic,
    deep(500),
  ];
  const texts = [
    '',
    ' ',
    'Hello',
    'hello ',
    'hello\0',
    '\ud800',
    '__proto__',
    'constructor',
    'toString',
    '{"parley":"hello"}',
    '<img src=x onerror="alert(1)">',
    'javascript:alert(1)',
    '../../../etc/passwd',
    'x'.repeat(5_000),
  ];
  const nobodys = [...noText, ...texts];
  const noFlag = nobodys.filter((value) => typeof value !== 'boolean');
  const noKept = [
    ...nobodys.filter((value) => typeof value !== 'object' || value === null || Array.isArray(value)),
    { token: 7 },
    { token: null },
    { 'unsent:x': {} },
    { token: 'x'.repeat(100_001) },
    cyclic,
  ];
  const noId = nobodys.filter((value) => !Number.isSafeInteger(value));
  const noCount = [...noText.filter((value) => value !== 0 && value !== 2 ** 53), '1', '9'];

  // For each kind of message: one that is well-formed, and what makes each of its fields malformed.
  const kinds =
    direction === 'to the frame'
      ? [
          [
            {
              parley: 'hello',
              kept: {},
              isDurable: true,
              isOpen: false,
              takesFocus: true,
              page: location.origin,
              locale: 'ar',
            },
            {
              kept: noKept,
              isDurable: noFlag,
              isOpen: noFlag,
              takesFocus: noFlag,
              page: [...noText, 'x'.repeat(2_001)],
              locale: [...noText, 'x'.repeat(101)],
            },
          ],
          [{ parley: 'shutdown' }, { extra: nobodys }],
          [
            { parley: 'run', id: 1, command: 'newMessage', args: ['Sent by somebody hostile'] },
            { id: noId, command: nobodys, args: nobodys.filter((value) => !Array.isArray(value)) },
          ],
          [
            { parley: 'token', id: 1, token: 'eyJhbGciOiJub25lIn0.e30.' },
            { id: noId, token: noText.filter((value) => value !== null) },
          ],
        ]
      : [
          [{ parley: 'close' }, {}],
          [{ parley: 'gone' }, {}],
          [
            { parley: 'keep', name: 'token', value: null },
            { name: noText, value: noText.filter((value) => value !== null) },
          ],
          [
            { parley: 'emit', name: 'message:received', detail: { text: 'never sent' } },
            { name: [...noText, ...texts] },
          ],
          [
            { parley: 'emit', name: 'unread', detail: { count: 7 } },
            { 'detail.count': noCount, name: texts },
          ],
        ];

  const malformed = () => {
    const [message, wrong] = oneOf(kinds);
    const way = random();
    if (way < 0.15) return oneOf(nobodys);
    if (way < 0.3) return { ...message, parley: oneOf(nobodys.filter((value) => value !== 'hello')) };
    if (way < 0.4)
      return oneOf([
        [message],
        { message },
        JSON.stringify(message),
        { ...message, parley: [message.parley] },
      ]);
    if (way < 0.5 && direction === 'to the frame') return { ...message, [oneOf(texts)]: oneOf(nobodys) };
    const field = oneOf(Object.keys(wrong));
    if (field === undefined) return { ...message, parley: `${message.parley}${oneOf(texts) || '.'}` };
    const value = oneOf(wrong[field]);
    if (field === 'detail.count') return { ...message, detail: { count: value } };
    return { ...message, [field]: value };
  };
  return Array.from({ length: count }, () => ({ malformed: malformed(), wellFormed: oneOf(kinds)[0] }));
};

/** Posts `count` of them to the page or to the chat's frame, and then the word that tells that all have arrived. */
globalThis.postMessages = ({ seed, count, direction, form, lastWord }) => {
  const hosts =
    direction === 'to the frame' ? [...window.top.document.querySelectorAll('html > *, body > *')] : [];
  const frame = hosts.map((each) => each.shadowRoot?.querySelector('iframe')).find((each) => each);
  const target = direction === 'to the frame' ? frame.contentWindow : window.parent;
  for (const message of makeMessages(seed, count, direction)) target.postMessage(message[form], '*');
  target.postMessage(lastWord, '*');
};
