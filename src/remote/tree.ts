import { constants, readdirSync, readFileSync, statSync } from 'node:fs';
import type { File, FileTree } from '../render.ts';

/** The files below a folder, as they are. Throws if one cannot be read. */
export function readTree(folder: string): FileTree {
  return new Map(readBelow(folder, ''));
}

function readBelow(folder: string, path: string): readonly (readonly [string, File])[] {
  return readdirSync(`${folder}/${path}`, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? readBelow(folder, `${path}${entry.name}/`)
      : [[`${path}${entry.name}`, readFile(`${folder}/${path}${entry.name}`)] as const],
  );
}

function readFile(path: string): File {
  const bytes = readFileSync(path);
  const isExecutable = (statSync(path).mode & constants.S_IXUSR) !== 0;
  return { content: decode(bytes) ?? bytes, isExecutable };
}

/** The bytes as text, if they are UTF-8 and have no NUL. Encoding the text then gives the same bytes. */
function decode(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    // By default, a byte order mark would be removed.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
