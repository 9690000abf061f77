/** How bytes get from Envoy into the module's memory. */

import { Status } from "./status";

/** A hostcall that returns bytes writes their address and size here. Nobody reads them, for `take` knows both. */
export const UNREAD: usize = memory.data(4, 4);

/** A hostcall that returns a number writes it here. */
export const RETURNED_NUMBER: usize = memory.data(8, 8);

/** What Envoy has got from `malloc`; no hostcall asks for more than one. */
let returned: Uint8Array | null = null;

/** Gives Envoy memory for the bytes that a hostcall returns. */
export function malloc(size: i32): usize {
  const bytes = new Uint8Array(size);
  returned = bytes;
  return bytes.dataStart;
}

/** The bytes that a hostcall has returned, null where it has not ended with `Ok`. To be called once after each. */
export function take(status: Status): Uint8Array | null {
  const bytes = returned;
  returned = null;
  if (status !== Status.Ok) return null;
  // For no bytes Envoy asks for no memory.
  return bytes === null ? new Uint8Array(0) : bytes;
}
