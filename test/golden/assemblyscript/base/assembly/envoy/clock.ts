import { proxy_get_current_time_nanoseconds } from "./env";
import { RETURNED_NUMBER } from "./memory";

/**
 * The time of day, in nanoseconds since 1970. It can jump back when the clock is set.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_get_current_time_nanoseconds`.
 */
export function getCurrentTime(): u64 {
  proxy_get_current_time_nanoseconds(RETURNED_NUMBER);
  return load<u64>(RETURNED_NUMBER);
}
