/** Bytes and text. Envoy passes bytes, and not all of them can be represented as a string, which is UTF-16. */

/** `text` in UTF-8; an unpaired surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(String.UTF8.byteLength(text));
  encodeUtf8To(bytes.dataStart, text);
  return bytes;
}

/** Like `encodeUtf8`, to memory that is large enough: 3 bytes for each UTF-16 unit are. Returns the size. */
export function encodeUtf8To(start: usize, text: string): i32 {
  const replace = String.UTF8.ErrorMode.REPLACE;
  return <i32>String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, start, false, replace);
}

/** The text that `bytes` encode; null if they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  const text = String.UTF8.decodeUnsafe(bytes.dataStart, bytes.length);
  // ASCII, the usual case: any other character has fewer UTF-16 units than bytes.
  if (text.length === bytes.length) return text;
  // AssemblyScript decodes invalid bytes too, such as c0 8a to a line feed. Only valid UTF-8 survives a round trip.
  return equal(encodeUtf8(text), bytes) ? text : null;
}

/** Like `decodeUtf8`, but if they are not UTF-8, every byte above 127 becomes U+FFFD. */
export function decodeUtf8Lossy(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  if (text !== null) return text;
  // Two bytes for each; the class Uint16Array would make the module larger.
  const units = new Uint8Array(2 * bytes.length);
  for (let i = 0; i < bytes.length; i++) store<u16>(units.dataStart + 2 * i, bytes[i] < 0x80 ? bytes[i] : 0xfffd);
  return String.UTF16.decodeUnsafe(units.dataStart, units.length);
}

export function concat(first: Uint8Array, second: Uint8Array, third: Uint8Array | null = null): Uint8Array {
  const size = first.length + second.length;
  const all = new Uint8Array(third === null ? size : size + third.length);
  memory.copy(all.dataStart, first.dataStart, first.length);
  memory.copy(all.dataStart + first.length, second.dataStart, second.length);
  if (third !== null) memory.copy(all.dataStart + size, third.dataStart, third.length);
  return all;
}

function equal(a: Uint8Array, b: Uint8Array): bool {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}
