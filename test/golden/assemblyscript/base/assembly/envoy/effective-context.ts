import { setCurrentContext } from "./context";
import { proxy_set_effective_context } from "./env";
import { Status } from "./status";

/**
 * Makes the hostcalls work on the context `id` until this callback ends, so that a root context can, for example, let a
 * paused request go on. `BadArgument` if that context is gone.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_set_effective_context`.
 */
export function setEffectiveContext(id: u32): Status {
  const status = proxy_set_effective_context(id);
  if (status === Status.Ok) setCurrentContext(id);
  return status;
}
