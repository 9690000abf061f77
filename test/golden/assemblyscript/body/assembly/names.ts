import { ByteBuffer } from "./byte-buffer";
import { encodeUtf8 } from "./bytes";
import { Character } from "./json/characters";
import { decodeEscapes } from "./json/escapes";

const LONGEST_ESCAPE = 6;

/** Names of fields, to be found among those in JSON without a string for each. */
export class Names {
  /** All of them: each is its size, 4 bytes, and its bytes. */
  private readonly names: Uint8Array;
  /** Has room for every name, however it is escaped. */
  private readonly unescaped: Uint8Array;

  constructor(names: string[]) {
    const buffer = new ByteBuffer();
    const size = new Uint8Array(4);
    let longest = 0;
    for (let i = 0; i < names.length; i++) {
      const name = encodeUtf8(names[i]);
      store<u32>(size.dataStart, name.length);
      buffer.append(size);
      buffer.append(name);
      longest = max(longest, name.length);
    }
    this.names = buffer.view();
    this.unescaped = new Uint8Array(longest * LONGEST_ESCAPE);
  }

  /** Whether a valid string with this content is one of them. */
  has(start: usize, end: usize): bool {
    if (!hasEscape(start, end)) return this.includes(start, end);
    const size = <i32>(end - start);
    if (size > this.unescaped.length) return false;
    const text = this.unescaped.dataStart;
    return this.includes(text, decodeEscapes(start, end, text));
  }

  private includes(start: usize, end: usize): bool {
    const size = end - start;
    const last = this.names.dataStart + this.names.length;
    for (let name = this.names.dataStart; name < last; name += 4 + load<u32>(name)) {
      if (<usize>load<u32>(name) === size && memory.compare(name + 4, start, size) === 0) return true;
    }
    return false;
  }
}

function hasEscape(start: usize, end: usize): bool {
  while (start < end && load<u8>(start) !== Character.Backslash) start++;
  return start < end;
}
