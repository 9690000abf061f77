import { proxy_get_current_time_nanoseconds } from "./env";
import { RETURNED_NUMBER } from "./memory";

/**
 * The time of day: nanoseconds since 1970. It can be put back; who needs a clock that cannot declares WASI's
 * `clock_time_get`, which Envoy offers too.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_get_current_time_nanoseconds`.
 */
export function getCurrentTime(): u64 {
  proxy_get_current_time_nanoseconds(RETURNED_NUMBER);
  return load<u64>(RETURNED_NUMBER);
}
