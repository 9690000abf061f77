import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { extract, type Header, pack } from 'tar-stream';
import { TemplateError } from '../errors.ts';
import { Inspection, refuse, tooLarge } from './inspection.ts';
import { maxTarSize } from './limits.ts';
import { toIncomplete } from './template.ts';

/** Unpacks gzip. Stops as soon as the result is larger than a template may be. Throws TemplateError. */
export async function unzip(bytes: Buffer): Promise<Buffer> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: maxTarSize });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      ? tooLarge('archive', maxTarSize)
      : toError(error);
  }
}

/**
 * Checks the entries of a repository's archive, and packs its files again as gzip. What degit unpacks was therefore
 * written by one writer, from what was checked. Throws TemplateError.
 */
export async function repack(tar: Buffer, source: string): Promise<Buffer> {
  const packed = pack();
  const inspection = new Inspection();
  let top: string | undefined;
  let hasFiles = false;
  for await (const { header, content } of readEntries(tar)) {
    const [first = '', ...rest] = header.name.replace(/\/$/, '').split('/');
    top ??= first;
    if (first !== top)
      throw new TemplateError(`the archive has more than one folder at its top: "${top}" and "${first}"`);
    const isFolder = header.type === 'directory';
    if (isFolder && rest.length === 0) continue;
    checkType(header);
    if (isFolder) inspection.addFolder(rest.join('/'));
    else inspection.addFile(rest.join('/'), content.length);
    const mode = (header.mode ?? 0) & 0o111 ? 0o755 : 0o644;
    const name = ['template', ...rest].join('/');
    if (isFolder) continue;
    hasFiles = true;
    packed.entry({ name, mode, mtime: new Date(0) }, content);
  }
  if (!hasFiles) throw toIncomplete(source, 'is empty');
  packed.finalize();
  return promisify(gzip)(await buffer(packed));
}

/** The paths of the files in an archive of ours below a folder, with their sizes. */
export async function listFiles(archive: Buffer, folder: string): Promise<ReadonlyMap<string, number>> {
  const prefix = folder === '' ? 'template/' : `template/${folder}/`;
  const files = new Map<string, number>();
  for await (const { header, content } of readEntries(await unzip(archive))) {
    if (header.name.startsWith(prefix)) files.set(header.name.slice(prefix.length), content.length);
  }
  return files;
}

type Entry = Readonly<{ header: Header; content: Buffer }>;

async function* readEntries(tar: Buffer): AsyncGenerator<Entry> {
  const entries = extract();
  entries.end(tar);
  try {
    for await (const entry of entries) {
      const { name, type, size } = entry.header;
      // tar-stream never ends such entries.
      if (!Number.isSafeInteger(size)) throw new Error(`"${name}" has no size`);
      yield { header: entry.header, content: type === 'file' ? await buffer(entry) : Buffer.alloc(0) };
    }
  } catch (error) {
    throw toError(error);
  }
}

const kinds: Readonly<Record<string, string>> = { symlink: 'a symbolic link', link: 'a hard link' };

function checkType({ name, type }: Header): void {
  if (type === 'file' || type === 'directory') return;
  throw refuse(name.replace(/^[^/]*\//, ''), `it is ${kinds[type ?? ''] ?? 'neither a file nor a folder'}`);
}

function toError(error: unknown): TemplateError {
  const reason = error instanceof Error ? error.message : String(error);
  return new TemplateError(`the archive is damaged: ${reason}`, 'try again', { cause: error });
}
