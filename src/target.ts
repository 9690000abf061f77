import { accessSync, constants, lstatSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { formatCommand } from './command-line.ts';
import { ConflictError } from './errors.ts';
import { suggestName } from './project.ts';

const entriesShown = 3;

/** What prevents a project from being created in a directory, if anything. Changes nothing. */
export function findConflict(directory: string, cwd: string): ConflictError | undefined {
  const path = resolve(cwd, directory);
  const obstacle = findObstacle(path);
  if (obstacle === undefined) return undefined;
  const elsewhere = formatCommand({ directory: suggestName(`${basename(path)}-2`) });
  return new ConflictError(
    `cannot create "${directory}": ${obstacle}`,
    `existing files are never overwritten; name a new directory, for example: ${elsewhere}`,
  );
}

function findObstacle(path: string): string | undefined {
  const nearest = findNearest(path);
  if (!statSync(nearest, { throwIfNoEntry: false })?.isDirectory()) return `"${nearest}" is not a directory`;
  if (!isWritable(nearest)) return `"${nearest}" is not writable`;
  const entries = nearest === path ? listEntries(path) : [];
  if (entries.length === 0) return undefined;
  const more = entries.length > entriesShown ? ` and ${entries.length - entriesShown} more` : '';
  return `it is not empty: it contains ${entries.slice(0, entriesShown).join(', ')}${more}`;
}

/** The entries of a directory, except `.git`: a new repository counts as empty. */
function listEntries(path: string): readonly string[] {
  return readdirSync(path)
    .filter((entry) => entry !== '.git')
    .toSorted();
}

/** The path itself if it exists, else the nearest directory above it that exists. */
export function findNearest(path: string): string {
  return exists(path) || dirname(path) === path ? path : findNearest(dirname(path));
}

/** A broken symbolic link exists, too. */
function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
