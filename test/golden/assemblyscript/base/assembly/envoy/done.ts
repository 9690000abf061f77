import { proxy_done } from "./env";
import { Status } from "./status";

/**
 * Lets Envoy delete a root context whose `onDone` returned `false`. `NotFound` if none is waiting for that.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_done`.
 */
export function done(): Status {
  return proxy_done();
}
