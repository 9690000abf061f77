import { proxy_get_buffer_bytes } from "./env";
import { take, UNREAD } from "./memory";

/** Source: Proxy-Wasm ABI 0.2.1, `proxy_buffer_type_t`. */
export enum BufferType {
  HttpRequestBody = 0,
  HttpResponseBody = 1,
  DownstreamData = 2,
  UpstreamData = 3,
  HttpCallResponseBody = 4,
  GrpcMessage = 5,
  VmConfiguration = 6,
  PluginConfiguration = 7,
}

/**
 * Up to `maxSize` bytes of a buffer, from `start` on; no bytes if there is no such buffer at this moment.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_get_buffer_bytes`.
 */
export function getBuffer(type: BufferType, start: u32 = 0, maxSize: u32 = u32.MAX_VALUE): Uint8Array {
  const bytes = take(proxy_get_buffer_bytes(type, start, maxSize, UNREAD, UNREAD));
  return bytes === null ? new Uint8Array(0) : bytes;
}
