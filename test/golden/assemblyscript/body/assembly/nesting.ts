import { Character } from "./json/characters";

/** Tells where JSON that comes in pieces ends. It only counts brackets: what is complete may still be invalid. */
export class Nesting {
  /** Whether the outermost array, object or string has been closed. */
  isClosed: bool = false;
  private depth: i32 = 0;
  private isInString: bool = false;
  private isEscaped: bool = false;

  /** `piece` comes next. */
  follow(piece: Uint8Array): void {
    const end = piece.dataStart + piece.length;
    let at = piece.dataStart;
    while (at < end) at = this.isInString ? this.skipString(at, end) : this.skipStructure(at, end);
  }

  /** Up to the end of a string. */
  private skipString(at: usize, end: usize): usize {
    let isEscaped = this.isEscaped;
    while (at < end) {
      const c: i32 = load<u8>(at++);
      if (isEscaped) isEscaped = false;
      else if (c === Character.Backslash) isEscaped = true;
      else if (c === Character.Quote) {
        this.isInString = false;
        if (this.depth === 0) this.isClosed = true;
        break;
      }
    }
    this.isEscaped = isEscaped;
    return at;
  }

  /** Up to the beginning of a string. */
  private skipStructure(at: usize, end: usize): usize {
    while (at < end) {
      const c: i32 = load<u8>(at++);
      if (c === Character.Quote) {
        this.isInString = true;
        break;
      }
      if (c === Character.OpeningBrace || c === Character.OpeningBracket) this.depth++;
      if (c === Character.ClosingBrace || c === Character.ClosingBracket) {
        if (this.depth > 0) this.depth--;
        if (this.depth === 0) this.isClosed = true;
      }
    }
    return at;
  }
}
