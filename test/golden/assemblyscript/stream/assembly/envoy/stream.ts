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

/** Who closed a connection. Source: Proxy-Wasm ABI 0.2.1, `proxy_peer_type_t`. */
export enum Peer {
  Unknown = 0,
  /** Envoy itself. */
  Local = 1,
  Remote = 2,
}

/** One per client connection and its connection to the upstream. */
export class StreamContext extends Context {
  /**
   * A client has connected. `Action.Pause` keeps Envoy from connecting to the upstream and from reading until
   * `continueDownstream`. Envoy does not notice a client that leaves in the meantime.
   */
  onNewConnection(): Action {
    return Action.Continue;
  }

  /**
   * `size` bytes from the client are there, including those that were held back. `endOfStream`: nothing follows, not
   * even another callback for paused bytes. `Action.Pause` holds back about 1 MiB
   * (`per_connection_buffer_limit_bytes`); then Envoy stops reading.
   */
  onDownstreamData(size: u32, endOfStream: bool): Action {
    return Action.Continue;
  }

  /**
   * The client's connection was closed: by the client's reset (`Remote`) or by Envoy (`Local`). A client that just
   * stops sending is reported by `endOfStream`.
   */
  onDownstreamClose(peer: Peer): void {}

  /**
   * Like `onDownstreamData`, for bytes from the upstream. Envoy has no hostcall that lets paused bytes go on from here:
   * they go with the next bytes for which this callback returns `Action.Continue`.
   */
  onUpstreamData(size: u32, endOfStream: bool): Action {
    return Action.Continue;
  }

  /** The upstream sends nothing more; `peer` is always `Unknown`. Not called after a reset by either side. */
  onUpstreamClose(peer: Peer): void {}
}

/**
 * Lets paused bytes from the client go on, without another callback for them. Envoy has no such hostcall for bytes from
 * the upstream.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_continue_stream`.
 */
export function continueDownstream(): Status {
  return proxy_continue_stream(2);
}

/**
 * Closes the connections to the client and to the upstream. The client still gets what was passed on before, but not
 * the bytes of the current callback.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_close_stream`.
 */
export function closeDownstream(): Status {
  return proxy_close_stream(2);
}

/**
 * Does the same as `closeDownstream` in Envoy.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_close_stream`.
 */
export function closeUpstream(): Status {
  return proxy_close_stream(3);
}
