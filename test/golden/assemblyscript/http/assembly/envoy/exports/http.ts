/** The callbacks of an HTTP filter, as Proxy-Wasm ABI 0.2.1 declares them. */

import { Action } from "../action";
import { enterContext } from "../context";
import { HttpContext } from "../http";

export function proxy_on_request_headers(id: u32, count: u32, endOfStream: bool): Action {
  const context = enter(id);
  return context === null ? Action.Continue : context.onRequestHeaders(count, endOfStream);
}

export function proxy_on_request_body(id: u32, size: u32, endOfStream: bool): Action {
  const context = enter(id);
  return context === null ? Action.Continue : context.onRequestBody(size, endOfStream);
}

export function proxy_on_request_trailers(id: u32, count: u32): Action {
  const context = enter(id);
  return context === null ? Action.Continue : context.onRequestTrailers(count);
}

export function proxy_on_response_headers(id: u32, count: u32, endOfStream: bool): Action {
  const context = enter(id);
  return context === null ? Action.Continue : context.onResponseHeaders(count, endOfStream);
}

export function proxy_on_response_body(id: u32, size: u32, endOfStream: bool): Action {
  const context = enter(id);
  return context === null ? Action.Continue : context.onResponseBody(size, endOfStream);
}

export function proxy_on_response_trailers(id: u32, count: u32): Action {
  const context = enter(id);
  return context === null ? Action.Continue : context.onResponseTrailers(count);
}

/** null if the context is gone. One of another kind could only be ignored, which would go unnoticed. */
function enter(id: u32): HttpContext | null {
  const context = enterContext(id);
  assert(context === null || context instanceof HttpContext, "the root context creates no HttpContext for a request");
  return changetype<HttpContext | null>(context);
}
