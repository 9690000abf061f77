import { random_get } from "./wasi_snapshot_preview1";

/** Envoy refuses to give more at once. */
const MOST_BYTES = 65_536;

/**
 * Random bytes that nobody can predict, from Envoy's cryptographic generator.
 *
 * Source: WASI preview 1, `random_get`.
 */
export function getRandomBytes(count: i32): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let i = 0; i < count; i += MOST_BYTES) random_get(bytes.dataStart + i, min(count - i, MOST_BYTES));
  return bytes;
}
