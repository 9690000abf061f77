import { Action } from "./action";
import { BufferType } from "./buffer";
import { Context } from "./context";
import { proxy_close_stream, proxy_continue_stream } from "./env";
import { Status } from "./status";
import { StreamBuffer } from "./stream-buffer";

/** Bytes on their way from the client to the upstream. */
export const downstreamData = new StreamBuffer(BufferType.DownstreamData);
/** Bytes on their way from the upstream to the client. */
export const upstreamData = new StreamBuffer(BufferType.UpstreamData);

/** Who has closed a connection. Source: Proxy-Wasm ABI 0.2.1, `proxy_peer_type_t`. */
export enum Peer {
  Unknown = 0,
  /** Envoy itself. */
  Local = 1,
  Remote = 2,
}

/** One per connection of a client, and the connection to the upstream that belongs to it. */
export class StreamContext extends Context {
  /**
   * A client has connected. `Pause` keeps Envoy from connecting to the upstream and from reading, until
   * `continueDownstream`; a client that leaves meanwhile goes unnoticed.
   */
  onNewConnection(): Action {
    return Action.Continue;
  }

  /**
   * `size` bytes from the client are there, those that were held back among them; `endOfStream`: nothing follows, not
   * even another callback for what is paused.
   */
  onDownstreamData(size: u32, endOfStream: bool): Action {
    return Action.Continue;
  }

  /**
   * The client's connection has been closed: by the client with a reset (`Remote`), else by Envoy (`Local`). That a client
   * sends nothing more is told by `endOfStream`.
   */
  onDownstreamClose(peer: Peer): void {}

  /**
   * As `onDownstreamData`, from the upstream. What is paused here goes on with the next bytes for which this returns
   * `Action.Continue`: Envoy offers no other way.
   */
  onUpstreamData(size: u32, endOfStream: bool): Action {
    return Action.Continue;
  }

  /** The upstream sends nothing more; `peer` is always `Unknown`. It does not come where either side has broken off. */
  onUpstreamClose(peer: Peer): void {}
}

/**
 * Lets bytes from the client go on that are paused, without another callback for them. For bytes from the upstream Envoy
 * has no such call.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_continue_stream`.
 */
export function continueDownstream(): Status {
  return proxy_continue_stream(2);
}

/**
 * Closes the connections to the client and to the upstream. The client still gets what has been passed on, but not what
 * the callback was called for.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_close_stream`.
 */
export function closeDownstream(): Status {
  return proxy_close_stream(2);
}

/**
 * In Envoy the same as `closeDownstream`.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_close_stream`.
 */
export function closeUpstream(): Status {
  return proxy_close_stream(3);
}
