/**
 * The callback that asks whether a context can be deleted, as Proxy-Wasm ABI 0.2.1 declares it. Export it only if a
 * root context overrides `onDone`: Envoy makes it for each request and connection too.
 */

import { enterRoot } from "../context";

export function proxy_on_done(id: u32): bool {
  const root = enterRoot(id);
  return root === null || root.onDone();
}
