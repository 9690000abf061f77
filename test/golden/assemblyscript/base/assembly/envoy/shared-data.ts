import { encodeUtf8 } from "../bytes";
import { proxy_get_shared_data, proxy_set_shared_data } from "./env";
import { RETURNED_NUMBER, take, UNREAD } from "./memory";
import { Status } from "./status";

/** An entry in the shared data. */
export class SharedEntry {
  constructor(
    /** null where there is no entry. */
    readonly value: Uint8Array | null,
    /** Which version of the entry this is, for compare-and-swap; 0 where there is none. */
    readonly version: u32,
  ) {}
}

/**
 * An entry in the memory that all plugins of one `vm_id` have in common, whatever their threads. It lasts until Envoy
 * ends or the last of these plugins has gone.
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
 * Sets an entry, if `version` is not 0 only where it still has that version: otherwise `CasMismatch`, and nothing is
 * set. Where there is no entry, one is set whatever the `version`; so who wants to compare sets one first.
 *
 * Source: Proxy-Wasm ABI 0.2.1, `proxy_set_shared_data`.
 */
export function setSharedData(key: string, value: Uint8Array, version: u32 = 0): Status {
  const bytes = encodeUtf8(key);
  return proxy_set_shared_data(bytes.dataStart, bytes.length, value.dataStart, value.length, version);
}
