import { encodeUtf8 } from "../bytes";
import { proxy_call_foreign_function } from "./env";
import { take, UNREAD } from "./memory";
import { Status } from "./status";

/** The outcome of a call to a foreign function. */
export class ForeignResult {
  constructor(
    readonly status: Status,
    /** What it returned, which may be no bytes; null unless the status is `Ok`. */
    readonly bytes: Uint8Array | null,
  ) {}
}

/**
 * Calls a function that Envoy offers beyond the ABI, such as `clear_route_cache`, `compress` or `expr_evaluate`. Each
 * has its own format for arguments and results, often Protobuf.
 *
 * `NotFound`: there is no such function. Other statuses come from the function.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_call_foreign_function`; the functions: Envoy's documentation of its Wasm filter.
 */
export function callForeignFunction(name: string, argument: Uint8Array): ForeignResult {
  const bytes = encodeUtf8(name);
  const status = proxy_call_foreign_function(
    bytes.dataStart,
    bytes.length,
    argument.dataStart,
    argument.length,
    UNREAD,
    UNREAD,
  );
  return new ForeignResult(status, take(status));
}
