import { buffer } from 'node:stream/consumers';
import { type Header, pack } from 'tar-stream';

/** An entry of an archive. Without a type, it is a file. */
export type Entry = Partial<Header> & Readonly<{ name: string; content?: string | Buffer }>;

/** A tar archive with any entries, also those that an honest program does not write. */
export async function packTar(entries: readonly Entry[]): Promise<Buffer> {
  const packed = pack();
  for (const { content = '', ...header } of entries) packed.entry(header, content);
  packed.finalize();
  return buffer(packed);
}
