import { decodeUtf8Lossy, encodeUtf8, encodeUtf8To } from "../bytes";
import {
  proxy_add_header_map_value,
  proxy_get_header_map_pairs,
  proxy_get_header_map_value,
  proxy_remove_header_map_value,
  proxy_replace_header_map_value,
  proxy_set_header_map_pairs,
} from "./env";
import { decodeHeaders, encodeHeaders, Header } from "./headers";
import { take, UNREAD } from "./memory";
import { Status } from "./status";

/** Source: Proxy-Wasm ABI 0.2.1, `proxy_map_type_t`. */
export enum HeaderMapType {
  RequestHeaders = 0,
  RequestTrailers = 1,
  ResponseHeaders = 2,
  ResponseTrailers = 3,
  GrpcInitialMetadata = 4,
  GrpcTrailingMetadata = 5,
  HttpCallResponseHeaders = 6,
  HttpCallResponseTrailers = 7,
}

/**
 * The headers or the trailers of a message, including `:method`, `:scheme`, `:authority`, `:path` and `:status`. Names
 * are not case-sensitive. Values are bytes, since a client can send some that are not UTF-8. Envoy does not check what
 * you set: a line feed in a value breaks the message.
 *
 * If there is no such map at this moment, getters return nothing and setters return `BadArgument`.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_…_header_map_…`.
 */
export class HeaderMap {
  constructor(private readonly type: HeaderMapType) {}

  /** The first value of a header; null if there is none. */
  get(name: string): Uint8Array | null {
    const nameSize = encodeName(name);
    return take(proxy_get_header_map_value(this.type, nameBytes.dataStart, nameSize, UNREAD, UNREAD));
  }

  /** Like `get`, for text. If the value is not UTF-8, every byte above 127 becomes U+FFFD. */
  getText(name: string): string | null {
    const value = this.get(name);
    return value === null ? null : decodeUtf8Lossy(value);
  }

  /** Replaces all values of a header by this one. */
  set(name: string, value: Uint8Array): Status {
    const nameSize = encodeName(name);
    return proxy_replace_header_map_value(this.type, nameBytes.dataStart, nameSize, value.dataStart, value.length);
  }

  setText(name: string, value: string): Status {
    return this.set(name, encodeUtf8(value));
  }

  /** Adds a value to a header. */
  add(name: string, value: Uint8Array): Status {
    const nameSize = encodeName(name);
    return proxy_add_header_map_value(this.type, nameBytes.dataStart, nameSize, value.dataStart, value.length);
  }

  addText(name: string, value: string): Status {
    return this.add(name, encodeUtf8(value));
  }

  /** Removes all values of a header; `Ok` if there is none, too. */
  remove(name: string): Status {
    const nameSize = encodeName(name);
    return proxy_remove_header_map_value(this.type, nameBytes.dataStart, nameSize);
  }

  /** Every header, in order. */
  getAll(): Header[] {
    const bytes = take(proxy_get_header_map_pairs(this.type, UNREAD, UNREAD));
    return bytes === null ? [] : decodeHeaders(bytes);
  }

  /** Replaces all headers, including those that Envoy needs: without `x-forwarded-proto` it finds no route. */
  setAll(headers: Header[]): Status {
    const bytes = encodeHeaders(headers);
    return proxy_set_header_map_pairs(this.type, bytes.dataStart, bytes.length);
  }
}

/** Holds the name of a header during a hostcall: allocating memory for it would take longer than the hostcall. */
let nameBytes = new Uint8Array(192);

/** Encodes a name to `nameBytes` and returns its size. */
function encodeName(name: string): i32 {
  // A UTF-16 unit becomes at most 3 bytes.
  if (3 * name.length > nameBytes.length) nameBytes = new Uint8Array(3 * name.length);
  return encodeUtf8To(nameBytes.dataStart, name);
}
