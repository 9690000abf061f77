import { random_get } from "./wasi_snapshot_preview1";

/**
 * Random bytes that nobody can predict, from Envoy's cryptographic generator.
 *
 * Source: WASI preview 1, `random_get`.
 */
export function getRandomBytes(count: i32): Uint8Array {
  const bytes = new Uint8Array(count);
  random_get(bytes.dataStart, count);
  return bytes;
}
