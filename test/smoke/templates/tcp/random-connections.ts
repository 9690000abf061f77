import fc from 'fast-check';

/** The prefix that envoy-bootstrap.yml denies. */
export const denied = Buffer.from('EVIL');

/** The pieces in which a client sends its bytes, and how it closes the connection. */
export type Connection = Readonly<{ pieces: readonly Buffer[]; end: 'close' | 'stop sending' | 'reset' }>;

const start = fc.oneof(
  fc.constant(denied),
  fc.nat(3).map((length) => denied.subarray(0, length)),
  fc.constant(Buffer.alloc(0)),
);
const pattern = fc.uint8Array({ minLength: 1 });
const rest = fc.oneof(
  { weight: 20, arbitrary: fc.uint8Array({ maxLength: 60, size: 'max' }) },
  { weight: 15, arbitrary: fc.constant(new Uint8Array()) },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.nat(10_000), pattern).map(([length, bytes]) => Buffer.alloc(length, bytes)),
  },
  { weight: 1, arbitrary: pattern.map((bytes) => Buffer.alloc(200_000, bytes)) },
);
export const randomConnections: fc.Arbitrary<Connection> = fc.record({
  pieces: fc
    .tuple(start, rest, fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }))
    .map(([begin, end, lengths]) => split(Buffer.concat([begin, end]), lengths)),
  end: fc.constantFrom('close', 'close', 'stop sending', 'reset'),
});

/** Splits bytes into pieces of these lengths and a last one with the rest. */
function split(bytes: Buffer, lengths: readonly number[]): readonly Buffer[] {
  const [length, ...others] = lengths;
  if (length === undefined || length >= bytes.length) return [bytes];
  return [bytes.subarray(0, length), ...split(bytes.subarray(length), others)];
}

export function isDenied(bytes: Buffer): boolean {
  return bytes.subarray(0, denied.length).equals(denied);
}

/** Whether more bytes could complete the denied prefix. */
export function isHeld(bytes: Buffer): boolean {
  return bytes.length < denied.length && bytes.equals(denied.subarray(0, bytes.length));
}
