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
import { exists, findNearest } from './target.ts';

/**
 * Writes all files, or none. The directory may exist if it has none of them.
 * Throws WriteError, and the signal's reason if it is aborted before the files are in place. Then the disk is as it was;
 * if something could not be removed, the WriteError names it.
 */
export async function writeProject(directory: string, tree: FileTree, signal: AbortSignal): Promise<void> {
  const isNew = !existsSync(directory);
  const parent = isNew ? dirname(directory) : directory;
  const existing = findNearest(parent);
  // On the same file system as its target, so that it can be renamed. mkdtemp would make it private to the user.
  const staging = join(parent, `.create-envoy-filter-${Math.random().toString(36).slice(2)}`);
  const made: string[] = [];
  try {
    stage(tree, staging);
    await deliverSignals();
    signal.throwIfAborted();
    for (const moves of listMoves(tree, isNew)) move(moves, staging, directory, made);
    // Asking first is faster: the rename has usually left nothing to remove.
    if (existsSync(staging)) rmSync(staging, removal);
  } catch (error) {
    const left = removeAll(staging, directory, made);
    removeEmpty(findNearest(parent), existing);
    throw error === signal.reason && left.length === 0 ? error : toWriteError(error, directory, left);
  }
}

function toWriteError(error: unknown, directory: string, left: readonly string[]): WriteError {
  const reason = error instanceof Error ? error.message : String(error);
  const rest = left.filter((path) => !left.includes(dirname(path))).map((path) => `"${path}"`);
  const hint = rest.length === 0 ? 'nothing was left behind; fix this' : `remove ${rest.join(', ')}`;
  return new WriteError(`cannot write "${directory}": ${reason}`, `${hint} and run the same command again`, {
    cause: error,
  });
}

/** Synchronous: scheduling the writes would take longer than they do. */
function stage(tree: FileTree, staging: string): void {
  const folders = new Set([...tree.keys()].map((path) => path.slice(0, path.lastIndexOf('/') + 1)));
  for (const folder of folders) makeFolder(join(staging, folder));
  for (const [path, { content, isExecutable }] of tree) {
    writeFileSync(`${staging}/${path}`, content, isExecutable ? { mode: 0o777 } : undefined);
  }
}

/** Makes a folder and those above it. Not with Node's `recursive`, which never ends where the system refuses with ENOENT, as in /proc. */
export function makeFolder(path: string): void {
  if (exists(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have been faster.
    if (!exists(path)) throw error;
  }
}

/** Node delivers pending signals in the next full turn of the event loop. */
async function deliverSignals(): Promise<void> {
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

/** Ignores what is already gone, and tries again if a virus scanner still has a file open. */
const removal = { recursive: true, force: true, maxRetries: 3 };

/** Error codes of a rename where a copy can succeed: a virus scanner has the file open, or file systems are layered. */
const copied = ['EPERM', 'EACCES', 'EBUSY', 'EXDEV'];

/** For each rename, the path it moves, followed by the paths below it. The whole tree has the empty path. */
function listMoves(tree: FileTree, isNew: boolean): readonly (readonly string[])[] {
  const all = new Set([...tree.keys()].flatMap(listAbove));
  if (isNew) return [['', ...all]];
  const entries = [...all].filter((path) => !path.includes('/'));
  return entries.map((entry) => [...all].filter((path) => path === entry || path.startsWith(`${entry}/`)));
}

/** The folders above a file, from the top down, and the file. */
function listAbove(path: string): readonly string[] {
  const names = path.split('/');
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

/** Moves the first path, and thereby the others. Adds the paths that it creates in the directory to `made`. */
function move(paths: readonly string[], staging: string, directory: string, made: string[]): void {
  const [from = '', to = ''] = [staging, directory].map((root) => join(root, paths[0] ?? ''));
  // A rename would replace an existing file, link or empty directory.
  if (exists(to)) throw new Error(`"${to}" was created by another process in the meantime`);
  try {
    renameSync(from, to);
    made.push(...paths);
  } catch (error) {
    if (!copied.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    for (const path of paths) {
      copy(join(staging, path), join(directory, path));
      made.push(path);
    }
  }
}

/** Copies a file, or a folder without its contents. Throws if the target exists. */
function copy(from: string, to: string): void {
  if (lstatSync(from).isDirectory()) mkdirSync(to);
  else copyFileSync(from, to, constants.COPYFILE_EXCL);
}

/** Removes the staging directory and what was made in the other. Never throws. Returns what is left. */
function removeAll(staging: string, directory: string, made: readonly string[]): readonly string[] {
  const paths = made.map((path) => join(directory, path));
  for (const path of paths.toReversed()) succeeds(() => remove(path));
  succeeds(() => rmSync(staging, removal));
  return [...paths, staging].filter((path) => existsSync(path));
}

/** Removes a folder only if it is empty: another process may have put something into it. */
function remove(path: string): void {
  if (lstatSync(path).isDirectory()) rmdirSync(path);
  else rmSync(path);
}

/** Removes a directory and those above it, up to but not including `top`. Stops at one that is not empty. */
function removeEmpty(path: string, top: string): void {
  if (path.length > top.length && succeeds(() => rmdirSync(path))) removeEmpty(dirname(path), top);
}

function succeeds(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}
