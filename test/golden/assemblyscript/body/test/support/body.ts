/** What redactor.test.js and nesting.test.js call. */

import { ByteBuffer } from "../../assembly/byte-buffer";
import { Nesting } from "../../assembly/nesting";
import { Redactor } from "../../assembly/redactor";

/** Redacts a body that came in pieces of `pieceSize` bytes. */
export function redact(body: Uint8Array, names: string[], replacement: string, pieceSize: i32): Uint8Array | null {
  const buffer = new ByteBuffer();
  for (let at = 0; at < body.length; at += pieceSize) buffer.append(body.subarray(at, at + pieceSize));
  const redacted = new Redactor(names, replacement).redact(buffer);
  return redacted.isValid ? redacted.bytes : null;
}

/** After which byte `Nesting` finds that an array or object is closed; -1 if it does not. */
export function findEnd(text: Uint8Array, pieceSize: i32): i32 {
  const nesting = new Nesting();
  for (let at = 0; at < text.length; at += pieceSize) {
    nesting.follow(text.subarray(at, at + pieceSize));
    if (nesting.isClosed) return min(at + pieceSize, text.length);
  }
  return -1;
}
