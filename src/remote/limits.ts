/** The maximum size of a template, and the time to fetch it: an archive bomb must not fill the disk. */
export const limits = { files: 5_000, bytes: 50_000_000, seconds: 300 } as const;

/** The size of a tar archive within the limits: each file and folder has headers. */
export const maxTarSize = limits.bytes + 2 * limits.files * 2_048;

/** Reads a stream. Throws what `toError` returns as soon as there are more than `limit` bytes. */
export async function readUpTo(
  limit: number,
  stream: AsyncIterable<Buffer>,
  toError: () => Error,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > limit) throw toError();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
