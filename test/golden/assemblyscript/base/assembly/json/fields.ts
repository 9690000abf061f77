import { decodeUtf8 } from "../bytes";
import { toLowerCaseAscii, whyUncopiable } from "./header-name";
import { JsonReader } from "./reader";
import { Json, JsonType, TYPE_NAMES } from "./value";

/** What a configuration is, made of `Fields`. */
export class Parsed<T> {
  config: T = instantiate<T>();
  /** Why there is no configuration, with the name of the field; null where there is one. */
  error: string | null = null;
}

/**
 * Reads the fields of a JSON object by name and type. A field that is absent or wrong has the value `fallback`. Read all
 * fields, then ask for the first `error`.
 */
export class Fields {
  private firstError: string | null = null;
  private object: Json = new Json(JsonType.Object, "");
  private readonly known: string[] = [];

  /** Nothing but white space counts as an object without fields. */
  constructor(json: Uint8Array) {
    const text = decodeUtf8(json);
    if (text === null) this.firstError = "invalid unicode code point";
    else this.read(new JsonReader(text));
  }

  string(name: string, fallback: string): string {
    const value = this.get(name, JsonType.String);
    return value === null ? fallback : value.text;
  }

  boolean(name: string, fallback: bool): bool {
    const value = this.get(name, JsonType.Boolean);
    return value === null ? fallback : value.text === "true";
  }

  /** A whole number from `minimum` to `maximum`, written without a fraction or an exponent. */
  integer(name: string, fallback: i32, minimum: i32, maximum: i32): i32 {
    const value = this.get(name, JsonType.Number);
    if (value === null) return fallback;
    const number = readInteger(value.text);
    // Other numbers, and those that are too big, do not survive the round trip.
    if (number.toString() === value.text && number >= minimum && number <= maximum) return number;
    this.fail(name, `expected an integer from ${minimum} to ${maximum}`);
    return fallback;
  }

  /** A string that fits into a header or a line: a control character could end it or break the request. */
  singleLine(name: string, fallback: string): string {
    const text = this.string(name, fallback);
    if (!isSingleLine(text)) this.fail(name, "control characters are not allowed");
    return text;
  }

  /** The path of a URL. */
  path(name: string, fallback: string): string {
    const text = this.string(name, fallback);
    if (!isPath(text)) this.fail(name, "expected a path such as /greeting");
    return text;
  }

  /** A prefix for the paths of requests: nothing, or a path such as `/check`. */
  pathPrefix(name: string, fallback: string): string {
    const text = this.string(name, fallback);
    if (!isPathPrefix(text)) this.fail(name, "expected a path such as /check, or nothing");
    return text;
  }

  /** The name of a cluster. There is none without a name, so the field is required. */
  cluster(name: string): string {
    const text = this.singleLine(name, "");
    this.require(name);
    if (text === "") this.fail(name, "expected the name of a cluster");
    return text;
  }

  /** The number of a string among `choices`. */
  choice(name: string, fallback: i32, choices: string[]): i32 {
    const text = this.string(name, choices[fallback]);
    const number = choices.indexOf(text);
    if (number < 0) this.fail(name, `unknown variant \`${text}\`, expected \`${choices.join("` or `")}\``);
    return number;
  }

  strings(name: string, fallback: string[]): string[] {
    const list = this.get(name, JsonType.Array);
    if (list === null) return fallback;
    const texts: string[] = [];
    for (let i = 0; i < list.items.length; i++) {
      const item = list.items[i];
      const type = TYPE_NAMES[item.type];
      if (item.type !== JsonType.String) this.fail(`${name}[${i}]`, `invalid type: ${type}, expected a string`);
      texts.push(item.text);
    }
    return texts;
  }

  /** Names of headers that can be copied from one message to another, in lower case. */
  headerNames(name: string, fallback: string[]): string[] {
    const texts = this.strings(name, fallback);
    const headers: string[] = [];
    for (let i = 0; i < texts.length; i++) {
      const header = toLowerCaseAscii(texts[i]);
      const why = headers.includes(header) ? "is listed twice" : whyUncopiable(header);
      if (why !== null) this.fail(name, `\`${header}\` ${why}`);
      headers.push(header);
    }
    return headers;
  }

  /** From 100, so that a number meant as seconds does not flood the upstream, to a day. */
  milliseconds(name: string, fallback: i32): i32 {
    return this.integer(name, fallback, 100, 86_400_000);
  }

  /** How often per second, as the time between two in nanoseconds. */
  perSecond(name: string, fallback: u64): u64 {
    const value = this.get(name, JsonType.Number);
    if (value === null) return fallback;
    const number = F64.parseFloat(value.text);
    if (number >= 0.001 && number <= 1e6) return <u64>Math.round(1e9 / number);
    this.fail(name, "expected a number from 0.001 to 1000000");
    return fallback;
  }

  /** Rejects an object without the field `name`. */
  require(name: string): void {
    if (this.firstError !== null || this.object.names.includes(name)) return;
    this.firstError = `missing field \`${name}\``;
  }

  /** Records why the field `name` is wrong. */
  fail(name: string, why: string): void {
    if (this.firstError === null) this.firstError = `${name}: ${why}`;
  }

  /** What is wrong; null if nothing is. A field that was not read is unknown. */
  error(): string | null {
    const names = this.object.names;
    for (let i = 0; i < names.length && this.firstError === null; i++) {
      const name = names[i];
      if (this.known.lastIndexOf(name) < 0) {
        this.fail(name, `unknown field \`${name}\`, expected \`${this.known.join("` or `")}\``);
      } else if (names.lastIndexOf(name) > i) {
        this.fail(name, `duplicate field \`${name}\``);
      }
    }
    return this.firstError;
  }

  private read(reader: JsonReader): void {
    if (reader.isBlank()) return;
    const value = reader.read();
    if (value === null) this.firstError = reader.error;
    else if (value.type !== JsonType.Object) this.firstError = "expected a JSON object";
    else this.object = value;
  }

  private get(name: string, type: JsonType): Json | null {
    this.known.push(name);
    const value = this.object.get(name);
    if (value === null || value.type === type) return value;
    this.fail(name, `invalid type: ${TYPE_NAMES[value.type]}, expected ${TYPE_NAMES[type]}`);
    return null;
  }
}

export function isSingleLine(text: string): bool {
  for (let i = 0; i < text.length; i++) {
    if (isControl(text.charCodeAt(i))) return false;
  }
  return true;
}

function isControl(c: i32): bool {
  return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

function isPath(text: string): bool {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c <= 0x20 || c >= 0x7f) return false;
  }
  // Much smaller than `startsWith("/")`.
  return text.charCodeAt(0) === 0x2f;
}

function isPathPrefix(text: string): bool {
  if (text === "") return true;
  return isPath(text) && !text.endsWith("/") && !text.includes("?") && !text.includes("#");
}

/** Any number if `text` is not an integer that fits. Much smaller than `I32.parseInt`. */
function readInteger(text: string): i32 {
  const isNegative = text.charCodeAt(0) === 0x2d;
  let number = 0;
  for (let i = i32(isNegative); i < text.length; i++) number = number * 10 + text.charCodeAt(i) - 0x30;
  return isNegative ? -number : number;
}
