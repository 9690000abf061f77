import { BufferType, getBuffer } from "./buffer";
import { currentContext, isGone } from "./context";
import { proxy_set_buffer_bytes } from "./env";
import { Status } from "./status";

/**
 * The bytes of a body, or of one direction of a connection, that Envoy holds at this moment: in their callback those
 * that have just come and, after `Action.Pause`, those before. Paused bytes can be read and changed until they go on,
 * in any callback that works on their context. At other times there are none to get, and changes return `BadArgument`:
 * bytes that were passed on are gone, and a body that waits behind paused headers is not there yet.
 *
 * Before you change the length of a body, remove `content-length` in the headers callback. Otherwise an HTTP/1 client
 * waits for the rest of a body that is now shorter, and an HTTP/2 client sees its stream reset.
 *
 * If a change makes a paused body exceed Envoy's limit (see `HttpContext`), the effect is that of a body that comes so
 * large, and the request is over at once.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_get_buffer_bytes` and `proxy_set_buffer_bytes`.
 */
export class StreamBuffer {
  constructor(private readonly type: BufferType) {}

  /** Up to `maxSize` bytes, from `start` on. */
  get(start: u32 = 0, maxSize: u32 = u32.MAX_VALUE): Uint8Array {
    return getBuffer(this.type, start, maxSize);
  }

  /** Replaces all bytes that `get` returns. */
  set(bytes: Uint8Array): Status {
    return this.replace(0, u32.MAX_VALUE, bytes);
  }

  prepend(bytes: Uint8Array): Status {
    return this.replace(0, 0, bytes);
  }

  append(bytes: Uint8Array): Status {
    return this.replace(u32.MAX_VALUE, 0, bytes);
  }

  private replace(start: u32, size: u32, bytes: Uint8Array): Status {
    // Envoy would use what it has freed.
    if (isGone(currentContext())) return Status.BadArgument;
    return proxy_set_buffer_bytes(this.type, start, size, bytes.dataStart, bytes.length);
  }
}
