import { encodeUtf8 } from "../bytes";
import { proxy_send_local_response } from "./env";
import { encodeHeaders, Header } from "./headers";
import { Status } from "./status";

/** Makes Envoy derive the gRPC status from the HTTP status, for clients that speak gRPC. */
const GRPC_STATUS_OF_HTTP_STATUS = -1;

/**
 * Responds in place of the upstream, once the callback returns `Action.Pause`. `status` must be at least 200, and
 * `body` empty for 204 and 304: Envoy does not check that, but the client gets a broken response. Access logs show
 * `details` as `%RESPONSE_CODE_DETAILS%`.
 *
 * Only the first call for a request has an effect, though later ones return `Ok`. In `onResponseBody` it is too late,
 * since the client has the headers: the response is reset.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_send_local_response`.
 */
export function sendLocalResponse(status: u32, body: Uint8Array, headers: Header[] = [], details: string = ""): Status {
  const headerBytes = encodeHeaders(headers);
  const detailBytes = encodeUtf8(details);
  return proxy_send_local_response(
    status,
    detailBytes.dataStart,
    detailBytes.length,
    body.dataStart,
    body.length,
    headerBytes.dataStart,
    headerBytes.length,
    GRPC_STATUS_OF_HTTP_STATUS,
  );
}
