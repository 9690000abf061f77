import { proxy_set_tick_period_milliseconds } from "./env";
import { Status } from "./status";

/**
 * Makes Envoy call `onTick` of the root context, every `milliseconds` from now on; 0 ends it. Every thread, the main
 * thread too, has a root context and with it a timer of its own; a singleton service has one.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_set_tick_period_milliseconds`.
 */
export function setTickPeriod(milliseconds: u32): Status {
  return proxy_set_tick_period_milliseconds(milliseconds);
}
