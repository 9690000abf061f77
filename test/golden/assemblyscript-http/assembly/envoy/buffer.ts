import { proxy_get_buffer_bytes } from "./env";
import { take, UNREAD } from "./memory";

/** Source: Proxy-Wasm ABI 0.2.1, `proxy_buffer_type_t`. */
export enum BufferType {
  HttpRequestBody = 0,
  HttpResponseBody = 1,
  VmConfiguration = 6,
  PluginConfiguration = 7,
}

/**
 * All that a buffer holds; no bytes where there is no such buffer at this moment.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_get_buffer_bytes`.
 */
export function getBuffer(type: BufferType): Uint8Array {
  const bytes = take(proxy_get_buffer_bytes(type, 0, u32.MAX_VALUE, UNREAD, UNREAD));
  return bytes === null ? new Uint8Array(0) : bytes;
}
