import { encodeUtf8 } from "../bytes";
import { proxy_get_shared_data, proxy_set_shared_data } from "./env";
import { RETURNED_NUMBER, take, UNREAD } from "./memory";
import { Status } from "./status";

/** An entry in shared data. */
export class SharedEntry {
  constructor(
    /** null if there is no entry. */
    readonly value: Uint8Array | null,
    /** The entry's version, for compare-and-swap; 0 if there is no entry. */
    readonly version: u32,
  ) {}
}

/**
 * An entry in the memory that all plugins with the same `vm_id` share, across threads. It lasts until Envoy ends or the
 * last of these plugins is deleted.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_get_shared_data`.
 */
export function getSharedData(key: string): SharedEntry {
  const bytes = encodeUtf8(key);
  store<u32>(RETURNED_NUMBER, 0);
  const value = take(proxy_get_shared_data(bytes.dataStart, bytes.length, UNREAD, UNREAD, RETURNED_NUMBER));
  return new SharedEntry(value, load<u32>(RETURNED_NUMBER));
}

/**
 * Sets an entry. If `version` is not 0 and the entry has another version by now, nothing is set: `CasMismatch`. An
 * entry that does not exist is set whatever the `version`, so create it before you rely on versions.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_set_shared_data`.
 */
export function setSharedData(key: string, value: Uint8Array, version: u32 = 0): Status {
  const bytes = encodeUtf8(key);
  return proxy_set_shared_data(bytes.dataStart, bytes.length, value.dataStart, value.length, version);
}
