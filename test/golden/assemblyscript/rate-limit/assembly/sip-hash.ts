/** The hash function SipHash-1-3 with the key 0. */

// The state. Only these functions use it, one call at a time.
let v0: u64 = 0;
let v1: u64 = 0;
let v2: u64 = 0;
let v3: u64 = 0;

export function sipHash(bytes: Uint8Array): u64 {
  v0 = join(0x736f6d65, 0x70736575);
  v1 = join(0x646f7261, 0x6e646f6d);
  v2 = join(0x6c796765, 0x6e657261);
  v3 = join(0x74656462, 0x79746573);
  const whole = bytes.length & ~7;
  for (let i = 0; i < whole; i += 8) absorb(load<u64>(bytes.dataStart + i));
  let last = (<u64>bytes.length) << 56;
  for (let i = whole; i < bytes.length; i++) last |= (<u64>bytes[i]) << (8 * (i - whole));
  absorb(last);
  v2 ^= 0xff;
  mix();
  mix();
  mix();
  return v0 ^ v1 ^ v2 ^ v3;
}

// As one number, they would be too big for JavaScript, and so for editors.
function join(high: u64, low: u64): u64 {
  return (high << 32) | low;
}

function absorb(word: u64): void {
  v3 ^= word;
  mix();
  v0 ^= word;
}

function mix(): void {
  v0 += v1;
  v2 += v3;
  v1 = rotl<u64>(v1, 13) ^ v0;
  v3 = rotl<u64>(v3, 16) ^ v2;
  v0 = rotl<u64>(v0, 32) + v3;
  v2 += v1;
  v3 = rotl<u64>(v3, 21) ^ v0;
  v1 = rotl<u64>(v1, 17) ^ v2;
  v2 = rotl<u64>(v2, 32);
}
