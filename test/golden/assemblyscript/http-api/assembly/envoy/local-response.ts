import { encodeUtf8 } from "../bytes";
import { proxy_send_local_response } from "./env";
import { encodeHeaders, Header } from "./headers";
import { Status } from "./status";

/** Lets Envoy choose the gRPC status that goes with the HTTP status, for a client that speaks gRPC. */
const GRPC_STATUS_OF_HTTP_STATUS = -1;

/**
 * Answers the request in the upstream's place, once the callback has returned `Action.Pause`. `status` is from 200 to
 * 599: Envoy takes others, but the client then gets no answer. `details` is what access logs show as
 * `%RESPONSE_CODE_DETAILS%`. A second one for the same request is `Ok` too, but not sent.
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
