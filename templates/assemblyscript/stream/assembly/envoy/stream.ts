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
  /** A client has connected. */
  onNewConnection(): Action {
    return Action.Continue;
  }

  /**
   * `size` bytes from the client are there, those that were held back among them; `endOfStream`: nothing follows.
   */
  onDownstreamData(size: u32, endOfStream: bool): Action {
    return Action.Continue;
  }

  /** The client's connection has been closed. */
  onDownstreamClose(peer: Peer): void {}

  /** As `onDownstreamData`, from the upstream. */
  onUpstreamData(size: u32, endOfStream: bool): Action {
    return Action.Continue;
  }

  /** The upstream's connection has been closed. It does not come where the client has broken off. */
  onUpstreamClose(peer: Peer): void {}
}

/**
 * Lets bytes from the client go on that a callback before this one has paused.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_continue_stream`.
 */
export function continueDownstream(): Status {
  return proxy_continue_stream(2);
}

/**
 * Lets bytes from the upstream go on that a callback before this one has paused.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_continue_stream`.
 */
export function continueUpstream(): Status {
  return proxy_continue_stream(3);
}

/**
 * Closes the client's connection once it has got what is on its way to it.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_close_stream`.
 */
export function closeDownstream(): Status {
  return proxy_close_stream(2);
}

/**
 * Closes the upstream's connection, and with it the client's.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_close_stream`.
 */
export function closeUpstream(): Status {
  return proxy_close_stream(3);
}
