/** How many zero bytes follow the content. */
const PADDING = 8;

/**
 * Bytes that come piece by piece. Their memory doubles when it is full, so that few are copied often. Eight zero bytes
 * follow them: who reads eight at once, or up to a byte that is not zero, need not look out for the end.
 */
export class ByteBuffer {
  private space: Uint8Array = new Uint8Array(PADDING);
  private size: i32 = 0;

  get length(): i32 {
    return this.size;
  }

  /** The address of the first byte; another one after every change. */
  get start(): usize {
    return this.space.dataStart;
  }

  /** Makes room for `size` bytes at once. */
  reserve(size: i32): void {
    if (size + PADDING <= this.space.length) return;
    const larger = new Uint8Array(size + PADDING);
    memory.copy(larger.dataStart, this.space.dataStart, this.size);
    this.space = larger;
  }

  append(bytes: Uint8Array): void {
    this.appendFrom(bytes.dataStart, bytes.length);
  }

  /** Appends `size` bytes from an address. */
  appendFrom(address: usize, size: i32): void {
    const sum = this.size + size;
    if (sum + PADDING > this.space.length) this.reserve(max(sum, 2 * this.size));
    memory.copy(this.start + this.size, address, size);
    this.size = sum;
  }

  /** The bytes so far, without a copy. */
  view(): Uint8Array {
    return this.space.subarray(0, this.size);
  }
}
