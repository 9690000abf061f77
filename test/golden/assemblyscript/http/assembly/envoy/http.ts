import { Action } from "./action";
import { BufferType } from "./buffer";
import { Context, settleCurrentContext } from "./context";
import { proxy_close_stream, proxy_continue_stream } from "./env";
import { HeaderMap, HeaderMapType } from "./header-map";
import { Status } from "./status";
import { StreamBuffer } from "./stream-buffer";

export const requestHeaders = new HeaderMap(HeaderMapType.RequestHeaders);
export const requestBody = new StreamBuffer(BufferType.HttpRequestBody);
export const requestTrailers = new HeaderMap(HeaderMapType.RequestTrailers);
export const responseHeaders = new HeaderMap(HeaderMapType.ResponseHeaders);
export const responseBody = new StreamBuffer(BufferType.HttpResponseBody);
export const responseTrailers = new HeaderMap(HeaderMapType.ResponseTrailers);

/**
 * One per request. The callbacks come in this order, those for bodies and trailers only if there are any. In each, the
 * constant above with its name has the data, which is gone once it is passed on: keep what you need later in the
 * context.
 *
 * A local response passes the callbacks for the response too, whether Envoy sent it or this filter, unless one of these
 * callbacks sent it.
 */
export class HttpContext extends Context {
  /** `count` headers have come. `endOfStream`: neither a body nor trailers follow. */
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    return Action.Continue;
  }

  /**
   * `size` bytes are there, including those that were held back. `endOfStream`: nothing follows. If
   * trailers follow, no callback for the body gets it. By default Envoy drops the trailers of HTTP/1 clients.
   *
   * `Action.Pause` holds back up to 1 MiB for an HTTP/1 client (`per_connection_buffer_limit_bytes`), up to 16 MiB for
   * an HTTP/2 client (`initial_stream_window_size`). A larger body is answered with 413.
   */
  onRequestBody(size: u32, endOfStream: bool): Action {
    return Action.Continue;
  }

  /** `count` trailers have come. A body that was paused can still be changed. */
  onRequestTrailers(count: u32): Action {
    return Action.Continue;
  }

  /** Like `onRequestHeaders`. */
  onResponseHeaders(count: u32, endOfStream: bool): Action {
    return Action.Continue;
  }

  /**
   * Like `onRequestBody`, with the same limits. A larger body is cut off: the client sees a reset after the headers.
   */
  onResponseBody(size: u32, endOfStream: bool): Action {
    return Action.Continue;
  }

  /** Like `onRequestTrailers`. */
  onResponseTrailers(count: u32): Action {
    return Action.Continue;
  }
}

/**
 * Lets a request go on that an earlier callback paused. `BadArgument` if the request is over, or if this callback has
 * already let it go on, reset it or answered it.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_continue_stream`.
 */
export function continueRequest(): Status {
  return settleCurrentContext() ? proxy_continue_stream(0) : Status.BadArgument;
}

/**
 * Like `continueRequest`, for a response.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_continue_stream`.
 */
export function continueResponse(): Status {
  return settleCurrentContext() ? proxy_continue_stream(1) : Status.BadArgument;
}

/**
 * Drops a request without a response: the client sees its stream reset. `BadArgument` as from `continueRequest`.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_close_stream`.
 */
export function resetRequest(): Status {
  return settleCurrentContext() ? proxy_close_stream(0) : Status.BadArgument;
}

/**
 * Like `resetRequest`, for the callbacks for the response.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_close_stream`.
 */
export function resetResponse(): Status {
  return settleCurrentContext() ? proxy_close_stream(1) : Status.BadArgument;
}
