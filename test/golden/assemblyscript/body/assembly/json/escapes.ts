import { Character, hexDigit, isPlain } from "./characters";

// What can follow a backslash, and what it stands for.
const ESCAPES = '"\\/bfnrt';
const ESCAPED = '"\\/\b\f\n\r\t';

const HEX_DIGITS = "0123456789abcdef";

/** `\u` in memory. */
const BACKSLASH_U = 0x755c;

/** One or two UTF-16 code units. */
const UNITS: usize = memory.data(4, 2);

/** The size of the escape at an address; 0 if it is none. Half of a surrogate pair is valid, alone too. */
export function escapeSize(at: usize): usize {
  const letter: i32 = load<u8>(at + 1);
  if (letter !== Character.LowerU) return unescapeLetter(letter) === 0 ? 0 : 2;
  for (let i: usize = 2; i < 6; i++) if (hexDigit(load<u8>(at + i)) < 0) return 0;
  return 6;
}

/** Writes the text that the content of a valid string stands for, which is never larger. Returns where it ends. */
export function decodeEscapes(at: usize, end: usize, to: usize): usize {
  while (at < end) {
    const c: i32 = load<u8>(at++);
    if (c !== Character.Backslash) {
      store<u8>(to++, c);
      continue;
    }
    const letter: i32 = load<u8>(at++);
    if (letter !== Character.LowerU) {
      store<u8>(to++, unescapeLetter(letter));
      continue;
    }
    const count: i32 = readUnits(at);
    at += <usize>(6 * count - 2);
    to += String.UTF8.encodeUnsafe(UNITS, count, to);
  }
  return to;
}

/** Reads the digits of an escape, and of the next one if that is the second half of a pair. Returns how many they are. */
function readUnits(at: usize): i32 {
  store<u16>(UNITS, readHex(at));
  if (load<u16>(at + 4) !== BACKSLASH_U) return 1;
  const second = readHex(at + 6);
  store<u16>(UNITS + 2, second);
  return (second & 0xfc00) === 0xdc00 ? 2 : 1;
}

function readHex(at: usize): i32 {
  let value = 0;
  for (let i: usize = 0; i < 4; i++) value = value * 16 + hexDigit(load<u8>(at + i));
  return value;
}

/** What a letter after a backslash stands for; 0 if it is none. */
function unescapeLetter(letter: i32): i32 {
  for (let i = 0; i < ESCAPES.length; i++) if (ESCAPES.charCodeAt(i) === letter) return ESCAPED.charCodeAt(i);
  return 0;
}

/** `text` as a string of JSON. */
export function quote(text: string): string {
  let quoted = "";
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    const which = ESCAPED.indexOf(text.charAt(i));
    if (isPlain(c)) quoted += text.charAt(i);
    else if (which >= 0) quoted += `\\${ESCAPES.charAt(which)}`;
    else quoted += `\\u00${c >> 4}${HEX_DIGITS.charAt(c & 15)}`;
  }
  return `"${quoted}"`;
}
