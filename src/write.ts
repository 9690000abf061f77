import { cpSync, existsSync, mkdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { WriteError } from './errors.ts';
import type { FileTree } from './render.ts';
import { findNearest } from './target.ts';

/**
 * Takes a directory that is new, or holds nothing that the files could meet, the files, and a signal.
 * Afterwards the directory has them all; if this throws, the disk is as it was. Throws WriteError,
 * and the signal's reason when that is aborted in time.
 */
export async function writeProject(directory: string, tree: FileTree, signal: AbortSignal): Promise<void> {
  const isNew = !existsSync(directory);
  const home = isNew ? dirname(directory) : directory;
  const ground = findNearest(home);
  // Beside its target, so that renaming ends it; not by mkdtemp, which would shut others out.
  const staging = join(home, `.create-envoy-filter-${Math.random().toString(36).slice(2)}`);
  try {
    stage(tree, staging);
    await hearSignals();
    signal.throwIfAborted();
    moveAll(isNew ? [{ from: staging, to: directory }] : listMoves(tree, staging, directory));
  } catch (error) {
    cleanUp(staging, ground);
    if (signal.aborted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const hint = 'nothing was left behind; put this right and run the same command again';
    throw new WriteError(`cannot write "${directory}": ${reason}`, hint, { cause: error });
  }
  if (!isNew) rmdirSync(staging);
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

type Move = Readonly<{ from: string; to: string }>;

/** What a rename may be refused for and a copy not: a virus scanner that has the file open, layered file systems. */
const copied = ['EPERM', 'EACCES', 'EBUSY', 'EXDEV'];

function listMoves(tree: FileTree, staging: string, directory: string): readonly Move[] {
  const entries = new Set([...tree.keys()].map((path) => path.replace(/\/.*/, '')));
  return [...entries].map((entry) => ({ from: join(staging, entry), to: join(directory, entry) }));
}

/** Makes all of the moves or none. */
function moveAll([first, ...rest]: readonly Move[]): void {
  if (first === undefined) return;
  // A rename would replace an empty directory.
  if (existsSync(first.to)) throw new Error(`"${first.to}" has come into being meanwhile`);
  move(first);
  try {
    moveAll(rest);
  } catch (error) {
    move({ from: first.to, to: first.from });
    throw error;
  }
}

function move({ from, to }: Move): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!copied.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    moveByCopy({ from, to });
  }
}

/** All or nothing: what cannot be removed here is not left there. */
function moveByCopy({ from, to }: Move): void {
  try {
    cpSync(from, to, { recursive: true });
    rmSync(from, { recursive: true, maxRetries: 3 });
  } catch (error) {
    rmSync(to, { recursive: true, force: true });
    throw error;
  }
}

/** Removes the staging directory, and those above it that were made for it. */
function cleanUp(staging: string, ground: string): void {
  if (existsSync(staging)) rmSync(staging, { recursive: true });
  removeEmpty(findNearest(dirname(staging)), ground);
}

/** Removes directories from one up to another, which stays; stops where somebody else has put something. */
function removeEmpty(path: string, ground: string): void {
  if (path.length <= ground.length) return;
  try {
    rmdirSync(path);
  } catch {
    return;
  }
  removeEmpty(dirname(path), ground);
}
