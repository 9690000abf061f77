/**
 * Tokens of JSON in memory, strictly by RFC 8259. Each function returns the address after a token, or 0 if there is no
 * such token. Nothing is allocated. A zero byte must follow the JSON: no token contains one, so none goes on behind it.
 */

import { Character, isDigit, isWhitespace } from "./characters";
import { escapeSize } from "./escapes";

/** 1 in each of eight bytes. */
const ONES: u64 = u64.MAX_VALUE / 0xff;

export function peek(at: usize): i32 {
  return load<u8>(at);
}

export function skipWhitespace(at: usize): usize {
  while (peek(at) <= Character.Space && isWhitespace(peek(at))) at++;
  return at;
}

/** A colon, with white space around it. */
export function skipColon(at: usize): usize {
  at = skipWhitespace(at);
  return peek(at) === Character.Colon ? skipWhitespace(at + 1) : 0;
}

/** A string, a number, `true`, `false` or `null`. */
export function skipScalar(at: usize): usize {
  switch (peek(at)) {
    case Character.Quote:
      return skipString(at);
    case Character.LowerT:
      return skipWord(at, "true");
    case Character.LowerF:
      return skipWord(at, "false");
    case Character.LowerN:
      return skipWord(at, "null");
    default:
      return skipNumber(at);
  }
}

export function skipString(at: usize): usize {
  if (peek(at) !== Character.Quote) return 0;
  at++;
  while (true) {
    const count = countPlain(at);
    at += count;
    if (count === 8) continue;
    const c = peek(at);
    if (c === Character.Quote) return at + 1;
    const size = c === Character.Backslash ? escapeSize(at) : characterSize(at);
    if (size === 0) return 0;
    at += size;
  }
}

/** How many of the next eight bytes are ASCII that a string can contain unescaped, before the first that is not. */
function countPlain(at: usize): usize {
  const bytes = load<u64>(at);
  // Subtracting sets the high bit of the first byte that is too small, perhaps also of bytes after it. Of those that are
  // not ASCII, it leaves the high bit set in `quotes` or `backslashes`.
  const controls = bytes - ONES * Character.Space;
  const quotes = (bytes ^ (ONES * Character.Quote)) - ONES;
  const backslashes = (bytes ^ (ONES * Character.Backslash)) - ONES;
  return <usize>ctz((controls | quotes | backslashes) & (ONES * 0x80)) >> 3;
}

/** The size of the UTF-8 character at an address, if it is not ASCII; 0 if it is wrong. */
function characterSize(at: usize): usize {
  const first = peek(at);
  const second = peek(at + 1);
  const size: usize = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  // Longer than needed.
  if ((first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90)) return 0;
  // A surrogate, or beyond U+10FFFF.
  if ((first === 0xed && second > 0x9f) || (first === 0xf4 && second > 0x8f)) return 0;
  for (let i: usize = 1; i < size; i++) if ((peek(at + i) & 0xc0) !== 0x80) return 0;
  return size;
}

function skipWord(at: usize, word: string): usize {
  for (let i = 0; i < word.length; i++) if (peek(at + i) !== word.charCodeAt(i)) return 0;
  return at + word.length;
}

function skipNumber(at: usize): usize {
  if (peek(at) === Character.Minus) at++;
  at = peek(at) === Character.Zero ? at + 1 : skipDigits(at);
  if (at !== 0 && peek(at) === Character.Dot) at = skipDigits(at + 1);
  if (at === 0 || (peek(at) !== Character.LowerE && peek(at) !== Character.UpperE)) return at;
  at++;
  if (peek(at) === Character.Plus || peek(at) === Character.Minus) at++;
  return skipDigits(at);
}

function skipDigits(at: usize): usize {
  if (!isDigit(peek(at))) return 0;
  while (isDigit(peek(at))) at++;
  return at;
}
