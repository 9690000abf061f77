import { proxy_set_tick_period_milliseconds } from "./env";
import { Status } from "./status";

/**
 * Makes Envoy call the root context's `onTick` every `milliseconds`; 0 stops it. Each thread, including the main
 * thread, has its own root context and timer; a singleton service has one.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_set_tick_period_milliseconds`.
 */
export function setTickPeriod(milliseconds: u32): Status {
  return proxy_set_tick_period_milliseconds(milliseconds);
}
