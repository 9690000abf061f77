/** Character codes as `charCodeAt` returns them. Past the end of a string it returns -1. */
export enum Character {
  Tab = 0x09,
  LineFeed = 0x0a,
  CarriageReturn = 0x0d,
  Space = 0x20,
  Quote = 0x22,
  Plus = 0x2b,
  Comma = 0x2c,
  Minus = 0x2d,
  Dot = 0x2e,
  Zero = 0x30,
  Nine = 0x39,
  Colon = 0x3a,
  UpperE = 0x45,
  OpeningBracket = 0x5b,
  Backslash = 0x5c,
  ClosingBracket = 0x5d,
  LowerA = 0x61,
  LowerE = 0x65,
  LowerF = 0x66,
  LowerN = 0x6e,
  LowerT = 0x74,
  LowerU = 0x75,
  OpeningBrace = 0x7b,
  ClosingBrace = 0x7d,
}

/** The bit that makes an upper-case letter lower-case. */
const LOWER_CASE = 0x20;

export function isDigit(c: i32): bool {
  return c >= Character.Zero && c <= Character.Nine;
}

/** The value of a hex digit; -1 for other characters. */
export function hexDigit(c: i32): i32 {
  if (isDigit(c)) return c - Character.Zero;
  const letter = c | LOWER_CASE;
  return letter >= Character.LowerA && letter <= Character.LowerF ? letter - Character.LowerA + 10 : -1;
}

/** Whether a string can contain it unescaped. */
export function isPlain(c: i32): bool {
  return c >= Character.Space && c !== Character.Quote && c !== Character.Backslash;
}

export function isWhitespace(c: i32): bool {
  return c === Character.Space || c === Character.LineFeed || c === Character.CarriageReturn || c === Character.Tab;
}
