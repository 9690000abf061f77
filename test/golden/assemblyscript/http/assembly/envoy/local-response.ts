import { encodeUtf8 } from "../bytes";
import { settleCurrentContext } from "./context";
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
 * In `onResponseBody` it is too late, since the client has the headers: the response is reset. `BadArgument` if the
 * request is over or this callback has already answered it, reset it or let it go on.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_send_local_response`.
 */
export function sendLocalResponse(status: u32, body: Uint8Array, headers: Header[] = [], details: string = ""): Status {
  if (!settleCurrentContext()) return Status.BadArgument;
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
