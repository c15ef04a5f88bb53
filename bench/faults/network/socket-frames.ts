/** Called with each whole frame, header included; `isMessage` tells whether it carries what the app says. */
export type OnFrame = (frame: Buffer, isMessage: () => boolean) => void;

const textOpcode = 1;
/** In a text of the protocol's own this stands unescaped; inside an event's data its quotes would be escaped. */
const protocolEvent = /"event"\s*:\s*"pusher(?:_internal)?:/;

/** Cuts a stream of bytes into the frames of a WebSocket (RFC 6455), without changing any. */
export function readFrames(): (bytes: Buffer, onFrame: OnFrame) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes, onFrame) => {
    const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    let at = 0;
    for (let end = endOfFrame(all, at); end > 0; end = endOfFrame(all, at)) {
      const frame = all.subarray(at, end);
      onFrame(frame, () => isMessage(frame));
      at = end;
    }
    rest = all.subarray(at);
  };
}

function headerBytes(bytes: Buffer, at: number): number {
  const second = bytes[at + 1] ?? 0;
  const length = second & 0x7f;
  return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (second & 0x80 ? 4 : 0);
}

function endOfFrame(bytes: Buffer, at: number): number {
  if (bytes.length < at + 2) return 0;
  const header = headerBytes(bytes, at);
  if (bytes.length < at + header) return 0;
  const short = (bytes[at + 1] ?? 0) & 0x7f;
  const length =
    short === 126
      ? bytes.readUInt16BE(at + 2)
      : short === 127
        ? Number(bytes.readBigUInt64BE(at + 2))
        : short;
  const end = at + header + length;
  return bytes.length < end ? 0 : end;
}

/** A whole text that is no word of the protocol itself. */
function isMessage(frame: Buffer): boolean {
  const first = frame[0] ?? 0;
  if (first !== (0x80 | textOpcode)) return false;
  return !protocolEvent.test(payloadOf(frame).toString('latin1'));
}

function payloadOf(frame: Buffer): Buffer {
  const header = headerBytes(frame, 0);
  const payload = frame.subarray(header);
  if (((frame[1] ?? 0) & 0x80) === 0) return payload;
  const mask = frame.subarray(header - 4, header);
  return Buffer.from(payload.map((byte, index) => byte ^ (mask[index & 3] ?? 0)));
}
