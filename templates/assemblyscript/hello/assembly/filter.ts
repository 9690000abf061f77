/** The filter's decisions, without Proxy-Wasm. */

import { concat, encodeUtf8 } from "./bytes";
import { Config } from "./config";

/** The value of the header `x-hello`. */
export function hello(config: Config, authority: Uint8Array | null): Uint8Array {
  return concat(encodeUtf8(`${config.greeting} from `), authority !== null ? authority : encodeUtf8("unknown"));
}
