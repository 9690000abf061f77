import { Action } from "./action";
import { BufferType } from "./buffer";
import { Context } from "./context";
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
 * One per request. The callbacks come in this order, those for bodies and trailers only where there are any, and each
 * with its constant above filled. What a later callback needs of it is to be kept in the context.
 */
export class HttpContext extends Context {
  /** `count` headers have come; `endOfStream`: neither a body nor trailers follow. */
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    return Action.Continue;
  }

  /** `size` bytes are there, those that were held back among them; `endOfStream`: nothing follows. */
  onRequestBody(size: u32, endOfStream: bool): Action {
    return Action.Continue;
  }

  /** `count` trailers have come. */
  onRequestTrailers(count: u32): Action {
    return Action.Continue;
  }

  /** As `onRequestHeaders`. */
  onResponseHeaders(count: u32, endOfStream: bool): Action {
    return Action.Continue;
  }

  /** As `onRequestBody`. */
  onResponseBody(size: u32, endOfStream: bool): Action {
    return Action.Continue;
  }

  /** As `onRequestTrailers`. */
  onResponseTrailers(count: u32): Action {
    return Action.Continue;
  }
}

/**
 * Lets a request go on that a callback before this one has paused.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_continue_stream`.
 */
export function continueRequest(): Status {
  return proxy_continue_stream(0);
}

/**
 * Lets a response go on that a callback before this one has paused.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_continue_stream`.
 */
export function continueResponse(): Status {
  return proxy_continue_stream(1);
}

/**
 * Drops a request without an answer: the client sees its stream reset.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_close_stream`.
 */
export function resetRequest(): Status {
  return proxy_close_stream(0);
}

/**
 * As `resetRequest`, from the callbacks for the response.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_close_stream`.
 */
export function resetResponse(): Status {
  return proxy_close_stream(1);
}
