import { proxy_get_current_time_nanoseconds } from "./env";
import { RETURNED_NUMBER } from "./memory";
import { clock_time_get } from "./wasi_snapshot_preview1";

/** Source: WASI preview 1, `clockid`. */
const MONOTONIC_CLOCK = 1;

/**
 * The time of day, in nanoseconds since 1970. It can jump back when the clock is set.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_get_current_time_nanoseconds`.
 */
export function getCurrentTime(): u64 {
  proxy_get_current_time_nanoseconds(RETURNED_NUMBER);
  return load<u64>(RETURNED_NUMBER);
}

/**
 * A time in nanoseconds that never jumps, to measure how long something takes. What it counts from is arbitrary.
 *
 * Source: WASI preview 1, `clock_time_get`.
 */
export function getMonotonicTime(): u64 {
  clock_time_get(MONOTONIC_CLOCK, 0, RETURNED_NUMBER);
  return load<u64>(RETURNED_NUMBER);
}
