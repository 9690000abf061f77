/** How bytes get from Envoy into the module. */

import { Status } from "./status";

/** Where a hostcall that returns bytes writes their address and size. They are not read, since `take` knows both. */
export const UNREAD: usize = memory.data(4, 4);

/** Where a hostcall that returns a number writes it. */
export const RETURNED_NUMBER: usize = memory.data(8, 8);

/** What Envoy got from `malloc`. No hostcall asks for memory twice. */
let returned: Uint8Array | null = null;

/** Allocates memory for the bytes that a hostcall returns. */
export function malloc(size: i32): usize {
  const bytes = new Uint8Array(size);
  returned = bytes;
  return bytes.dataStart;
}

/** The bytes that a hostcall returned; null if its status is not `Ok`. Call it once after each. */
export function take(status: Status): Uint8Array | null {
  const bytes = returned;
  returned = null;
  if (status !== Status.Ok) return null;
  // Envoy asks for no memory if there are no bytes.
  return bytes === null ? new Uint8Array(0) : bytes;
}
