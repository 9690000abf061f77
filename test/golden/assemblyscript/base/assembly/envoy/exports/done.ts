/**
 * The callback that asks whether a context is ready to go, as Proxy-Wasm ABI 0.2.1 declares it. For a module that has a
 * root context with an `onDone` of its own; others save the callback, which comes for each request and connection too.
 */

import { enterRoot } from "../context";

export function proxy_on_done(id: u32): bool {
  const root = enterRoot(id);
  return root === null || root.onDone();
}
