import { encodeUtf8 } from "../bytes";
import { BufferType, getBuffer } from "./buffer";
import { Call, startCall } from "./call";
import { proxy_http_call } from "./env";
import { HeaderMap, HeaderMapType } from "./header-map";
import { encodeHeaders, Header } from "./headers";
import { RETURNED_NUMBER } from "./memory";

/** Of the answer; filled in `onHttpCallResponse` alone. */
export const callResponseHeaders = new HeaderMap(HeaderMapType.HttpCallResponseHeaders);
export const callResponseTrailers = new HeaderMap(HeaderMapType.HttpCallResponseTrailers);

/** The body of the answer, `maxSize` bytes of it at most; no bytes outside of `onHttpCallResponse`. */
export function getCallResponseBody(maxSize: u32 = u32.MAX_VALUE): Uint8Array {
  return getBuffer(BufferType.HttpCallResponseBody, 0, maxSize);
}

/**
 * Sends a request to the Envoy cluster `cluster`. `headers` need `:method`, `:path` and `:authority`; Envoy does not send
 * `trailers`. A time-out of 0 is none. The answer comes to `onHttpCallResponse` of the context whose callback this is,
 * unless the request or connection has gone by then.
 *
 * `BadArgument`: there is no such cluster, or one of these headers is missing. `InternalFailure`: the cluster has no
 * endpoint, or no room for one more request (`circuit_breakers`).
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
