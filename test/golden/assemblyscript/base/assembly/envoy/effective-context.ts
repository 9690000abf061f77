import { setCurrentContext } from "./context";
import { proxy_set_effective_context } from "./env";
import { Status } from "./status";

/**
 * Makes the hostcalls of this callback, from now on, work on the context `id` instead of its own: so can a root context
 * let a request go on that waits. `BadArgument` where that context has gone.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_set_effective_context`.
 */
export function setEffectiveContext(id: u32): Status {
  const status = proxy_set_effective_context(id);
  if (status === Status.Ok) setCurrentContext(id);
  return status;
}
