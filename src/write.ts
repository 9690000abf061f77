import {
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { WriteError } from './errors.ts';
import type { FileTree } from './render.ts';
import { findNearest } from './target.ts';

/**
 * Takes a directory that is new, or holds nothing that the files could meet, the files, and a signal.
 * Afterwards the directory has them all; if this throws, the disk is as it was, or the error names what is not.
 * Throws WriteError, and the signal's reason when that is aborted in time.
 */
export async function writeProject(directory: string, tree: FileTree, signal: AbortSignal): Promise<void> {
  const isNew = !existsSync(directory);
  const home = isNew ? dirname(directory) : directory;
  const ground = findNearest(home);
  // Beside its target, so that renaming ends it; not by mkdtemp, which would shut others out.
  const staging = join(home, `.create-envoy-filter-${Math.random().toString(36).slice(2)}`);
  const made: string[] = [];
  try {
    stage(tree, staging);
    await hearSignals();
    signal.throwIfAborted();
    for (const moves of listMoves(tree, isNew)) move(moves, staging, directory, made);
    rmSync(staging, removal);
  } catch (error) {
    const left = removeAll(staging, made);
    removeEmpty(findNearest(home), ground);
    throw error === signal.reason && left.length === 0 ? error : toWriteError(error, directory, left);
  }
}

function toWriteError(error: unknown, directory: string, left: readonly string[]): WriteError {
  const reason = error instanceof Error ? error.message : String(error);
  const rest = left.filter((path) => !left.includes(dirname(path))).map((path) => `"${path}"`);
  const hint = rest.length === 0 ? 'nothing was left behind; put this right' : `remove ${rest.join(', ')}`;
  return new WriteError(`cannot write "${directory}": ${reason}`, `${hint} and run the same command again`, {
    cause: error,
  });
}

/** Without waiting, which would cost more than the writing itself. */
function stage(tree: FileTree, staging: string): void {
  const folders = new Set([...tree.keys()].map((path) => path.slice(0, path.lastIndexOf('/') + 1)));
  for (const folder of folders) mkdirSync(`${staging}/${folder}`, { recursive: true });
  for (const [path, text] of tree) writeFileSync(`${staging}/${path}`, text);
}

/** A signal that came meanwhile is delivered in the event loop's next full turn. */
async function hearSignals(): Promise<void> {
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

/** Tolerates what is gone already, and tries again where a virus scanner still has a file open. */
const removal = { recursive: true, force: true, maxRetries: 3 };

/** What a rename may be refused for and a copy not: a virus scanner that has the file open, layered file systems. */
const copied = ['EPERM', 'EACCES', 'EBUSY', 'EXDEV'];

/** Lists what one rename moves: a path, followed by every path below it. The tree itself has the empty path. */
function listMoves(tree: FileTree, isNew: boolean): readonly (readonly string[])[] {
  const all = new Set([...tree.keys()].flatMap(listAbove));
  if (isNew) return [['', ...all]];
  const entries = [...all].filter((path) => !path.includes('/'));
  return entries.map((entry) => [...all].filter((path) => path === entry || path.startsWith(`${entry}/`)));
}

/** Lists the folders above a file, from the top, and the file. */
function listAbove(path: string): readonly string[] {
  const names = path.split('/');
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

/** Moves the first of the paths, and with it the others; adds to `made` what it puts into the directory. */
function move(paths: readonly string[], staging: string, directory: string, made: string[]): void {
  const [from = '', to = ''] = [staging, directory].map((root) => join(root, paths[0] ?? ''));
  // A rename would replace a file or an empty directory.
  if (existsSync(to)) throw new Error(`"${to}" was created by another process meanwhile`);
  try {
    renameSync(from, to);
    made.push(...paths.map((path) => join(directory, path)));
  } catch (error) {
    if (!copied.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    for (const path of paths) {
      copy(join(staging, path), join(directory, path));
      made.push(join(directory, path));
    }
  }
}

/** Copies a file, or a folder without what is in it; throws where there is something already. */
function copy(from: string, to: string): void {
  if (lstatSync(from).isDirectory()) mkdirSync(to);
  else copyFileSync(from, to, constants.COPYFILE_EXCL);
}

/** Removes the staging directory and what was made outside it. Never throws; returns what is still there. */
function removeAll(staging: string, made: readonly string[]): readonly string[] {
  for (const path of made.toReversed()) succeeds(() => remove(path));
  succeeds(() => rmSync(staging, removal));
  return [...made, staging].filter((path) => existsSync(path));
}

/** Removes a folder only if it is empty: another process may have put something into it. */
function remove(path: string): void {
  if (lstatSync(path).isDirectory()) rmdirSync(path);
  else rmSync(path);
}

/** Removes directories from one up to another, which stays; stops where somebody else has put something. */
function removeEmpty(path: string, ground: string): void {
  if (path.length > ground.length && succeeds(() => rmdirSync(path))) removeEmpty(dirname(path), ground);
}

function succeeds(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}
