import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { copy } from 'fs-extra/esm';
import { TemplateError } from '../errors.ts';
import { MissingError } from './errors.ts';
import { Inspection, refuse } from './inspection.ts';

/** Copies the plain files of a local folder, except `.git`, after all have been checked. Throws TemplateError. */
export async function copyFolder(from: string, to: string, signal: AbortSignal): Promise<void> {
  const info = await stat(from).catch(() => undefined);
  if (!info?.isDirectory()) {
    throw new MissingError(`"${from}" is ${info === undefined ? 'missing' : 'not a folder'}`);
  }
  const files = await listFiles(from, '', new Inspection(), signal).catch((error) => {
    const isCommitted = error instanceof TemplateError && existsSync(join(from, '.git'));
    throw isCommitted
      ? new TemplateError(error.message, 'end the source with #HEAD to take what is committed')
      : error;
  });
  for (const path of files) {
    signal.throwIfAborted();
    await copy(join(from, path), join(to, path));
  }
}

async function listFiles(
  root: string,
  below: string,
  inspection: Inspection,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const files: string[] = [];
  for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
    signal.throwIfAborted();
    const path = `${below}${entry.name}`;
    if (entry.name === '.git') continue;
    if (entry.isSymbolicLink()) throw refuse(path, 'it is a symbolic link');
    if (entry.isDirectory()) {
      inspection.addFolder(path);
      files.push(...(await listFiles(root, `${path}/`, inspection, signal)));
    } else if (entry.isFile()) {
      const { size, nlink } = await stat(join(root, path));
      if (nlink > 1) throw refuse(path, 'it is a hard link', 'copy the folder with cp -R, and name the copy');
      inspection.addFile(path, size);
      files.push(path);
    } else throw refuse(path, 'it is neither a file nor a folder');
  }
  return files;
}
