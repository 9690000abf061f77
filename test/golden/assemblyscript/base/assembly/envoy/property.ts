import { decodeUtf8Lossy, encodeUtf8 } from "../bytes";
import { proxy_get_property, proxy_set_property } from "./env";
import { take, UNREAD } from "./memory";
import { Status } from "./status";

/**
 * What Envoy knows about the request, the connection or itself, such as `["source", "address"]`. Envoy's documentation
 * lists properties under "Attributes". null if there is no such property, or not yet.
 *
 * Text is UTF-8, a boolean 1 byte, a number 8 bytes, little endian, and a time such a number, in nanoseconds.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_get_property`.
 */
export function getProperty(path: string[]): Uint8Array | null {
  return getAt(path.join("\0"));
}

/** The plugin's `name` in Envoy's configuration, which may be empty. Istio sets `<namespace>.<resource>`. */
export function getPluginName(): string {
  const name = getAt("plugin_name");
  return name !== null ? decodeUtf8Lossy(name) : "";
}

function getAt(path: string): Uint8Array | null {
  const bytes = encodeUtf8(path);
  return take(proxy_get_property(bytes.dataStart, bytes.length, UNREAD, UNREAD));
}

/**
 * Sets a property for the rest of the request or connection. Other filters can get it by `name`, access logs by
 * `%FILTER_STATE(wasm.NAME:PLAIN)%`. `NotFound` in a root context.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_set_property`.
 */
export function setProperty(name: string, value: Uint8Array): Status {
  const bytes = encodeUtf8(name);
  return proxy_set_property(bytes.dataStart, bytes.length, value.dataStart, value.length);
}
