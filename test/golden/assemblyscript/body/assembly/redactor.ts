import { ByteBuffer } from "./byte-buffer";
import { encodeUtf8 } from "./bytes";
import { Character } from "./json/characters";
import { quote } from "./json/escapes";
import { peek, skipColon, skipScalar, skipString, skipWhitespace } from "./json/tokens";
import { Names } from "./names";

/** In memory. */
const BYTE_ORDER_MARK = 0xbfbbef;

/** What `redact` returns. */
export class Redacted {
  constructor(
    /** Whether the body is JSON, in UTF-8. */
    readonly isValid: bool,
    /** Whether a field had one of the names. */
    readonly isChanged: bool,
    readonly bytes: Uint8Array,
  ) {}
}

/**
 * Replaces the values of fields in JSON, and leaves all other bytes as they were.
 *
 * Nothing is parsed into values: that would need several times the memory of the body, and lose how numbers, strings
 * and white space were written. There is no recursion either, so no depth of nesting can exhaust the stack.
 */
export class Redactor {
  private readonly names: Names;
  private readonly replacement: Uint8Array;

  constructor(names: string[], replacement: string) {
    this.names = new Names(names);
    this.replacement = encodeUtf8(quote(replacement));
  }

  redact(body: ByteBuffer): Redacted {
    const output = new ByteBuffer();
    if (!this.write(body, output)) return new Redacted(false, false, body.view());
    const isChanged = output.length > 0;
    return new Redacted(true, isChanged, isChanged ? output.view() : body.view());
  }

  /** Writes the redacted body to `output` if there is something to redact. Returns whether it is valid. */
  private write(body: ByteBuffer, output: ByteBuffer): bool {
    /** Up to where `body` has been copied or replaced. */
    let copied = body.start;
    /** What closes the innermost array or object, and what those around it; 0 outside of all. */
    let closing = 0;
    const outer: u8[] = [];
    /** How many arrays and objects are around the value that is being replaced; -1 if none is. */
    let replacedAt = -1;

    let at = skipWhitespace(copied + byteOrderMarkSize(copied));
    while (true) {
      if (closing === Character.ClosingBrace) {
        const name = at + 1;
        at = skipString(at);
        if (at === 0) return false;
        const isNamed = replacedAt < 0 && this.names.has(name, at - 1);
        at = skipColon(at);
        if (at === 0) return false;
        if (isNamed) {
          output.reserve(body.length);
          output.appendFrom(copied, <i32>(at - copied));
          output.append(this.replacement);
          replacedAt = outer.length;
        }
      }

      const first = peek(at);
      if (first === Character.OpeningBrace || first === Character.OpeningBracket) {
        outer.push(<u8>closing);
        // In ASCII, each is two after the one that opens.
        closing = first + 2;
        at = skipWhitespace(at + 1);
        if (peek(at) !== closing) continue;
      } else {
        at = skipScalar(at);
        if (at === 0) return false;
      }

      // A value has ended, and so may those around it.
      while (true) {
        if (outer.length === replacedAt) {
          copied = at;
          replacedAt = -1;
        }
        at = skipWhitespace(at);
        if (closing === 0) {
          if (output.length > 0) output.appendFrom(copied, <i32>(at - copied));
          return at === body.start + body.length;
        }
        const next = peek(at++);
        if (next === Character.Comma) break;
        if (next !== closing) return false;
        closing = outer.pop();
      }
      at = skipWhitespace(at);
    }
  }
}

/** JSON should not begin with one, but clients skip it. */
function byteOrderMarkSize(at: usize): usize {
  return (load<u32>(at) & 0xffffff) === BYTE_ORDER_MARK ? 3 : 0;
}
