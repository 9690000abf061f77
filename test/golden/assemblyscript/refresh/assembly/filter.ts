/** The decisions of the service and the filter, without Proxy-Wasm. */

import { concat, decodeUtf8, decodeUtf8Lossy, encodeUtf8 } from "./bytes";
import { isSingleLine } from "./json/fields";
import { JsonReader } from "./json/reader";
import { JsonType } from "./json/value";

/** The most that is read of an answer, in bytes. A longer one is cut off, and so is not JSON. */
export const MAX_ANSWER: u32 = 4096;

// Made once: to encode text takes longer than to copy bytes.
const FROM = encodeUtf8(" from ");
const UNKNOWN = encodeUtf8("unknown");

export class ReadGreeting {
  greeting: string = "";
  /** Why there is no greeting; null where there is one. */
  error: string | null = null;
}

/** The greeting in the answer `{"greeting": "…"}`. */
export function readGreeting(status: Uint8Array | null, body: Uint8Array): ReadGreeting {
  if (status === null) return none("the answer broke off");
  // Envoy itself answers with 503 if it cannot connect, and with 504 after the timeout.
  const code = decodeUtf8Lossy(status);
  if (code !== "200") return none(`status ${code}`);

  const text = decodeUtf8(body);
  if (text === null) return none("invalid unicode code point");
  const reader = new JsonReader(text);
  const answer = reader.read();
  if (answer === null) return none(reader.error);
  const read = new ReadGreeting();
  const greeting = answer.get("greeting");
  if (greeting !== null && greeting.type === JsonType.String) read.greeting = greeting.text;
  if (read.greeting !== "" && isSingleLine(read.greeting)) return read;
  return none("the answer has no greeting that fits into a header");
}

/** The value of the header `x-hello`. */
export function hello(greeting: Uint8Array, authority: Uint8Array | null): Uint8Array {
  return concat(greeting, FROM, authority !== null ? authority : UNKNOWN);
}

function none(why: string): ReadGreeting {
  const read = new ReadGreeting();
  read.error = why;
  return read;
}
