/**
 * Where the buckets are, without Proxy-Wasm.
 *
 * Entries in shared data cannot be deleted, so the number of buckets must not depend on what clients send: a hash of the
 * key tells which of a fixed number of buckets counts the request. Keys with the same bucket share its tokens.
 *
 * Compare-and-swap needs an existing entry. A page, one entry, holds many buckets, so that creating all entries at the
 * start takes about a millisecond. Two threads get in each other's way only on the same page.
 */

import { concat } from "./bytes";
import { sipHash } from "./sip-hash";

export const PAGES: i32 = 1024;
const BUCKETS: i32 = 64;

/** Where a bucket is. */
export class Place {
  page: i32 = 0;
  index: i32 = 0;
}

/** A page whose buckets are all full. */
export function createPage(): Uint8Array {
  return new Uint8Array(8 * BUCKETS);
}

/** The place of a key's bucket. Only who knows the seed can tell which keys share a bucket. */
export function findPlace(seed: Uint8Array, key: Uint8Array): Place {
  const hash = sipHash(concat(seed, key));
  const place = new Place();
  place.page = <i32>((hash >> 8) % PAGES);
  place.index = <i32>(hash % BUCKETS);
  return place;
}

export function readBucket(page: Uint8Array, index: i32): u64 {
  return 8 * (index + 1) > page.length ? 0 : load<u64>(page.dataStart + 8 * index);
}

/** Returns the page, changed. */
export function writeBucket(page: Uint8Array, index: i32, fullAt: u64): Uint8Array {
  if (8 * (index + 1) <= page.length) store<u64>(page.dataStart + 8 * index, fullAt);
  return page;
}
