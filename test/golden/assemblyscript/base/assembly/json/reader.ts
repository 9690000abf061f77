import { Character, hexDigit, isDigit, isPlain, isWhitespace } from "./characters";
import { Json, JsonType } from "./value";

/** How deep arrays and objects can be nested, since the stack is finite. */
const MAXIMUM_DEPTH = 128;

// What can follow a backslash, and what it stands for.
const ESCAPES = '"\\/bfnrt';
const ESCAPED = '"\\/\b\f\n\r\t';

/** Reads JSON, strictly by RFC 8259. It does not trap on any input. */
export class JsonReader {
  /** Why `read` returned null, and where. */
  error: string = "";

  private at: i32 = 0;

  constructor(private readonly text: string) {}

  /** The value that the text consists of; null if it is not exactly one. Call it once. */
  read(): Json | null {
    const value = this.value(0);
    return value === null || this.isBlank() ? value : this.fail();
  }

  /** Whether nothing but white space comes next. */
  isBlank(): bool {
    this.skipWhitespace();
    return this.at === this.text.length;
  }

  private value(depth: i32): Json | null {
    if (depth > MAXIMUM_DEPTH) return this.fail("nested too deep");
    if (this.takesToken(Character.OpeningBrace)) return this.object(depth + 1);
    if (this.takes(Character.OpeningBracket)) return this.array(depth + 1);
    if (this.takes(Character.Quote)) {
      const text = this.string();
      return text === null ? this.fail() : new Json(JsonType.String, text);
    }
    if (this.peek() === Character.LowerN) return this.word("null", JsonType.Null);
    if (this.peek() === Character.LowerT) return this.word("true", JsonType.Boolean);
    if (this.peek() === Character.LowerF) return this.word("false", JsonType.Boolean);
    return this.number();
  }

  private object(depth: i32): Json | null {
    const object = new Json(JsonType.Object, "");
    while (!this.takesToken(Character.ClosingBrace)) {
      if (object.items.length > 0 && !this.takes(Character.Comma)) return this.fail();
      const name = this.takesToken(Character.Quote) ? this.string() : null;
      if (name === null || !this.takesToken(Character.Colon)) return this.fail();
      const value = this.value(depth);
      if (value === null) return null;
      object.names.push(name);
      object.items.push(value);
    }
    return object;
  }

  private array(depth: i32): Json | null {
    const array = new Json(JsonType.Array, "");
    while (!this.takesToken(Character.ClosingBracket)) {
      if (array.items.length > 0 && !this.takes(Character.Comma)) return this.fail();
      const item = this.value(depth);
      if (item === null) return null;
      array.items.push(item);
    }
    return array;
  }

  /** The string up to its closing quote; null if it is wrong. */
  private string(): string | null {
    const units: u16[] = [];
    while (!this.takes(Character.Quote)) {
      const unit = this.peek();
      if (isPlain(unit)) {
        units.push(<u16>unit);
        this.at++;
      } else if (!this.takes(Character.Backslash) || !this.escape(units)) {
        return null;
      }
    }
    return String.UTF16.decodeUnsafe(units.dataStart, 2 * units.length);
  }

  /** Adds what the characters after a backslash stand for; false if they are wrong. */
  private escape(units: u16[]): bool {
    if (this.takes(Character.LowerU)) return this.unicode(units);
    for (let i = 0; i < ESCAPES.length; i++) {
      if (this.takes(ESCAPES.charCodeAt(i))) {
        units.push(<u16>ESCAPED.charCodeAt(i));
        return true;
      }
    }
    return false;
  }

  /** Four hex digits, or two escapes of four for a pair of surrogates, a character beyond U+FFFF. */
  private unicode(units: u16[]): bool {
    const first = this.hex();
    if (first < 0) return false;
    units.push(<u16>first);
    if (first < 0xd800 || first >= 0xe000) return true;
    if (first >= 0xdc00 || !this.takes(Character.Backslash) || !this.takes(Character.LowerU)) return false;
    const second = this.hex();
    units.push(<u16>second);
    return second >= 0xdc00 && second < 0xe000;
  }

  /** The value of four hex digits; -1 if they are not. */
  private hex(): i32 {
    let value = 0;
    for (let i = 0; i < 4; i++) {
      const digit = hexDigit(this.peek());
      if (digit < 0) return -1;
      value = value * 16 + digit;
      this.at++;
    }
    return value;
  }

  private word(word: string, type: JsonType): Json | null {
    for (let i = 0; i < word.length; i++) {
      if (!this.takes(word.charCodeAt(i))) return this.fail();
    }
    return new Json(type, word);
  }

  private number(): Json | null {
    const start = this.at;
    this.takes(Character.Minus);
    if (!this.takes(Character.Zero) && !this.skipDigits()) return this.fail();
    if (this.takes(Character.Dot) && !this.skipDigits()) return this.fail();
    if (this.takes(Character.LowerE) || this.takes(Character.UpperE)) {
      if (!this.takes(Character.Minus)) this.takes(Character.Plus);
      if (!this.skipDigits()) return this.fail();
    }
    return new Json(JsonType.Number, this.text.substring(start, this.at));
  }

  /** Returns whether there was at least one. */
  private skipDigits(): bool {
    const start = this.at;
    while (isDigit(this.peek())) this.at++;
    return this.at > start;
  }

  private skipWhitespace(): void {
    while (isWhitespace(this.peek())) this.at++;
  }

  /** The next character, -1 at the end. */
  private peek(): i32 {
    return this.text.charCodeAt(this.at);
  }

  /** Skips `character` if it comes next, and returns whether it did. */
  private takes(character: i32): bool {
    if (this.peek() !== character) return false;
    this.at++;
    return true;
  }

  /** Like `takes`, after white space. */
  private takesToken(character: i32): bool {
    this.skipWhitespace();
    return this.takes(character);
  }

  private fail(why: string = "unexpected character"): Json | null {
    let line: u32 = 1;
    let column: u32 = 1;
    for (let i = 0; i < this.at; i++) {
      column++;
      if (this.text.charCodeAt(i) === Character.LineFeed) {
        line++;
        column = 1;
      }
    }
    this.error = `${this.at < this.text.length ? why : "unexpected end"} at line ${line} column ${column}`;
    return null;
  }
}
