/** The filter's decisions, without Proxy-Wasm. */

import { concat, encodeUtf8 } from "./bytes";
import { Config } from "./config";

// Made once: to encode text takes longer than to copy bytes.
const FROM = encodeUtf8(" from ");
const UNKNOWN = encodeUtf8("unknown");

/** The value of the header `x-hello`. */
export function hello(config: Config, authority: Uint8Array | null): Uint8Array {
  return concat(config.greeting, FROM, authority !== null ? authority : UNKNOWN);
}
