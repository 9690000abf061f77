import { proxy_done } from "./env";
import { Status } from "./status";

/**
 * Lets a root context go whose `onDone` has returned `false`. `NotFound` where none waits for it.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_done`.
 */
export function done(): Status {
  return proxy_done();
}
