import { constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { File, FileTree } from '../render.ts';

/** The files below a folder, as they are. Throws if one cannot be read. */
export function readTree(folder: string): FileTree {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFile(path)]));
}

function readFile(path: string): File {
  const bytes = readFileSync(path);
  const isExecutable = (statSync(path).mode & constants.S_IXUSR) !== 0;
  return { content: decode(bytes) ?? bytes, isExecutable };
}

/** The bytes as text, if they are UTF-8 without NUL, so that encoding the text gives the same bytes. */
function decode(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
