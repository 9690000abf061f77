import { encodeUtf8 } from "../bytes";
import { BufferType, getBuffer } from "./buffer";
import { Call, startCall } from "./call";
import { proxy_http_call } from "./env";
import { HeaderMap, HeaderMapType } from "./header-map";
import { encodeHeaders, Header } from "./headers";
import { RETURNED_NUMBER } from "./memory";

/** Those of the response. They have entries in `onHttpCallResponse` only. */
export const callResponseHeaders = new HeaderMap(HeaderMapType.HttpCallResponseHeaders);
export const callResponseTrailers = new HeaderMap(HeaderMapType.HttpCallResponseTrailers);

/** Up to `maxSize` bytes of the response's body; no bytes outside `onHttpCallResponse`. */
export function getCallResponseBody(maxSize: u32 = u32.MAX_VALUE): Uint8Array {
  return getBuffer(BufferType.HttpCallResponseBody, 0, maxSize);
}

/**
 * Sends a request to the Envoy cluster `cluster`. `headers` must contain `:method`, `:path` and `:authority`; Envoy
 * does not send `trailers`. A time-out of 0 means none.
 *
 * The context that calls gets the response in `onHttpCallResponse`, unless the request or connection is gone by then.
 * An HTTP filter can pause the request meanwhile in `onRequestHeaders`; `onHttpCallResponse` can then change
 * `requestHeaders` and call `continueRequest`.
 *
 * `BadArgument`: there is no such cluster, or one of these headers is missing. `InternalFailure`: the cluster has no
 * endpoint, or too many requests wait for a connection (`max_pending_requests` of `circuit_breakers`).
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_http_call`.
 */
export function httpCall(
  cluster: string,
  headers: Header[],
  body: Uint8Array,
  trailers: Header[],
  timeoutMilliseconds: u32,
): Call {
  const clusterBytes = encodeUtf8(cluster);
  const headerBytes = encodeHeaders(headers);
  const trailerBytes = encodeHeaders(trailers);
  const status = proxy_http_call(
    clusterBytes.dataStart,
    clusterBytes.length,
    headerBytes.dataStart,
    headerBytes.length,
    body.dataStart,
    body.length,
    trailerBytes.dataStart,
    trailerBytes.length,
    timeoutMilliseconds,
    RETURNED_NUMBER,
  );
  return startCall(status, load<u32>(RETURNED_NUMBER));
}
