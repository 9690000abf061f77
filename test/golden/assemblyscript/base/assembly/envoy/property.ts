import { encodeUtf8 } from "../bytes";
import { proxy_get_property, proxy_set_property } from "./env";
import { take, UNREAD } from "./memory";
import { Status } from "./status";

/**
 * What Envoy knows of the request, the connection or itself, such as `["source", "address"]`; its documentation lists
 * it under "Attributes". null where there is no such property, or not yet.
 *
 * Text comes as UTF-8, a boolean as 1 byte, a number as 8 bytes, little endian, and so does a time, in nanoseconds.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_get_property`.
 */
export function getProperty(path: string[]): Uint8Array | null {
  const bytes = encodeUtf8(path.join("\0"));
  return take(proxy_get_property(bytes.dataStart, bytes.length, UNREAD, UNREAD));
}

/**
 * Sets a property that lasts as long as the request or connection: other filters get it by `name`, an access log by
 * `%FILTER_STATE(wasm.NAME:PLAIN)%`. `NotFound` in a root context, where there is neither.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_set_property`.
 */
export function setProperty(name: string, value: Uint8Array): Status {
  const bytes = encodeUtf8(name);
  return proxy_set_property(bytes.dataStart, bytes.length, value.dataStart, value.length);
}
