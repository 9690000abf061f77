import { encodeUtf8To } from "../bytes";

/** A header or a trailer. */
export class Header {
  constructor(
    readonly name: string,
    readonly value: Uint8Array,
  ) {}
}

/**
 * Encodes headers as the ABI passes them: their number, then the size of each name and value, all as 4 bytes, little
 * endian, then the names and values, each followed by a zero byte.
 */
export function encodeHeaders(headers: Header[]): Uint8Array {
  let size = 4 + 8 * headers.length;
  for (let i = 0; i < headers.length; i++) {
    size += String.UTF8.byteLength(headers[i].name) + headers[i].value.length + 2;
  }
  const bytes = new Uint8Array(size);
  store<u32>(bytes.dataStart, headers.length);
  let sizes = bytes.dataStart + 4;
  let at = sizes + 8 * headers.length;
  for (let i = 0; i < headers.length; i++) {
    const nameSize = encodeUtf8To(at, headers[i].name);
    const value = headers[i].value;
    memory.copy(at + nameSize + 1, value.dataStart, value.length);
    store<u32>(sizes, nameSize);
    store<u32>(sizes, value.length, 4);
    at += nameSize + value.length + 2;
    sizes += 8;
  }
  return bytes;
}

/** The reverse of `encodeHeaders`. No bytes mean no headers. */
export function decodeHeaders(bytes: Uint8Array): Header[] {
  if (bytes.length === 0) return [];
  const count = load<u32>(bytes.dataStart);
  const headers = new Array<Header>(count);
  let sizes = bytes.dataStart + 4;
  let at = 4 + 8 * count;
  for (let i: u32 = 0; i < count; i++) {
    const nameSize = load<u32>(sizes);
    const valueStart = at + nameSize + 1;
    const valueEnd = valueStart + load<u32>(sizes, 4);
    // Envoy lets no name pass that is not ASCII.
    const name = String.UTF8.decodeUnsafe(bytes.dataStart + at, nameSize);
    headers[i] = new Header(name, bytes.subarray(valueStart, valueEnd));
    at = valueEnd + 1;
    sizes += 8;
  }
  return headers;
}
