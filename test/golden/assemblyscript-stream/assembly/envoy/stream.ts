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

  /** The client's connection has been closed, by Envoy too where both sides have said all. */
  onDownstreamClose(peer: Peer): void {}

  /** As `onDownstreamData`, from the upstream. What is paused can go on in a later callback only. */
  onUpstreamData(size: u32, endOfStream: bool): Action {
    return Action.Continue;
  }

  /**
   * The upstream has stopped sending: comes after `onUpstreamData` with `endOfStream`, so not where somebody has broken
   * off or Envoy has closed the connection. `peer` is always `Unknown`.
   */
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
 * Closes the connection, the upstream's too, once the client has got what has been passed on to it. The bytes of this
 * callback and those that are paused are lost, whatever it returns.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_close_stream`.
 */
export function closeDownstream(): Status {
  return proxy_close_stream(2);
}

/**
 * Does the same as `closeDownstream`.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_close_stream`.
 */
export function closeUpstream(): Status {
  return proxy_close_stream(3);
}
