import { decodeUtf8Lossy, encodeUtf8 } from "../bytes";

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
  const parts: Uint8Array[] = [];
  let size = 4;
  for (let i = 0; i < headers.length; i++) {
    const name = encodeUtf8(headers[i].name);
    const value = headers[i].value;
    parts.push(name);
    parts.push(value);
    size += 10 + name.length + value.length;
  }

  const bytes = new Uint8Array(size);
  store<u32>(bytes.dataStart, headers.length);
  for (let i = 0, at = 4 + 4 * parts.length; i < parts.length; i++) {
    const part = parts[i];
    store<u32>(bytes.dataStart + 4 + 4 * i, part.length);
    memory.copy(bytes.dataStart + at, part.dataStart, part.length);
    at += part.length + 1;
  }
  return bytes;
}

/** The reverse of `encodeHeaders`. No bytes mean no headers. */
export function decodeHeaders(bytes: Uint8Array): Header[] {
  const headers: Header[] = [];
  if (bytes.length === 0) return headers;
  const sizes = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = sizes.getUint32(0, true);
  for (let i: u32 = 0, at = 4 + 8 * count; i < count; i++) {
    const name = bytes.subarray(at, at + sizes.getUint32(4 + 8 * i, true));
    at += name.length + 1;
    const value = bytes.subarray(at, at + sizes.getUint32(8 + 8 * i, true));
    at += value.length + 1;
    headers.push(new Header(decodeUtf8Lossy(name), value));
  }
  return headers;
}
