/** The callbacks of a TCP filter, as Proxy-Wasm ABI 0.2.1 declares them. */

import { Action } from "../action";
import { enterContext } from "../context";
import { Peer, StreamContext } from "../stream";

export function proxy_on_new_connection(id: u32): Action {
  const context = enter(id);
  return context === null ? Action.Continue : context.onNewConnection();
}

export function proxy_on_downstream_data(id: u32, size: u32, endOfStream: bool): Action {
  const context = enter(id);
  return context === null ? Action.Continue : context.onDownstreamData(size, endOfStream);
}

export function proxy_on_downstream_connection_close(id: u32, peer: Peer): void {
  const context = enter(id);
  if (context !== null) context.onDownstreamClose(peer);
}

export function proxy_on_upstream_data(id: u32, size: u32, endOfStream: bool): Action {
  const context = enter(id);
  return context === null ? Action.Continue : context.onUpstreamData(size, endOfStream);
}

export function proxy_on_upstream_connection_close(id: u32, peer: Peer): void {
  const context = enter(id);
  if (context !== null) context.onUpstreamClose(peer);
}

/** null if the context is gone. One of another kind could only be ignored, which would go unnoticed. */
function enter(id: u32): StreamContext | null {
  const context = enterContext(id);
  if (context !== null && !(context instanceof StreamContext)) {
    throw new Error("the root context creates no StreamContext for a connection");
  }
  return changetype<StreamContext | null>(context);
}
