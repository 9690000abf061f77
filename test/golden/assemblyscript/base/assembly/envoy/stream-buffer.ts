import { BufferType, getBuffer } from "./buffer";
import { proxy_set_buffer_bytes } from "./env";
import { Status } from "./status";

/**
 * The part of a body, or of what a connection carries one way, that Envoy holds: in its callback what has just come
 * and, after `Action.Pause`, what has come before. Who changes the length of a body removes `content-length` in the
 * headers callback.
 *
 * Outside of its callbacks there are no bytes to get, and none can be changed: `BadArgument`. Only what a TCP filter has
 * paused can be got and changed at any time.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_get_buffer_bytes` and `proxy_set_buffer_bytes`.
 */
export class StreamBuffer {
  constructor(private readonly type: BufferType) {}

  /** The bytes from `start` on, `maxSize` at most. */
  get(start: u32 = 0, maxSize: u32 = u32.MAX_VALUE): Uint8Array {
    return getBuffer(this.type, start, maxSize);
  }

  /** Puts `bytes` in the place of all that `get` gives. */
  set(bytes: Uint8Array): Status {
    return proxy_set_buffer_bytes(this.type, 0, u32.MAX_VALUE, bytes.dataStart, bytes.length);
  }

  prepend(bytes: Uint8Array): Status {
    return proxy_set_buffer_bytes(this.type, 0, 0, bytes.dataStart, bytes.length);
  }

  append(bytes: Uint8Array): Status {
    return proxy_set_buffer_bytes(this.type, u32.MAX_VALUE, 0, bytes.dataStart, bytes.length);
  }
}
