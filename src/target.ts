import { accessSync, constants, lstatSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { formatCommand } from './command-line.ts';
import { ConflictError } from './errors.ts';
import { defaults, suggestName } from './project.ts';

const entriesShown = 3;

/** How many numbers to append to a name until it is free. */
const numbersTried = 99;

/** What git and file managers put into a directory: neither in the way nor mentioned. */
const ignored = ['.ds_store', '.git', 'desktop.ini', 'thumbs.db'];

/** What code hosts and editors create before there is a project. In lower case: some file systems ignore the case. */
const expected = [
  '.devcontainer',
  '.editorconfig',
  '.gitattributes',
  '.gitignore',
  '.idea',
  '.vscode',
  '.zed',
  'license',
  'license.md',
  'license.txt',
  'readme.md',
];

/** What prevents a project from being created in a directory, if anything. Changes nothing. */
export function findConflict(directory: string, cwd: string): ConflictError | undefined {
  const path = resolve(cwd, directory);
  const obstacle = findObstacle(path);
  if (obstacle === undefined) return undefined;
  const free = suggestDirectory(directory, cwd, () => undefined);
  const elsewhere = formatCommand({ directory: free ?? defaults.directory });
  return new ConflictError(
    `cannot create "${directory}": ${obstacle.reason}`,
    `existing files are never overwritten; name a new directory, for example: ${elsewhere}`,
    obstacle.paths,
  );
}

type Obstacle = Readonly<{ reason: string; paths: readonly string[] }>;

function findObstacle(path: string): Obstacle | undefined {
  const nearest = findNearest(path);
  if (!statSync(nearest, { throwIfNoEntry: false })?.isDirectory()) {
    return { reason: `"${nearest}" is not a directory`, paths: [nearest] };
  }
  if (!isWritable(nearest)) return { reason: `"${nearest}" is not writable`, paths: [nearest] };
  const entries = listEntries(path).filter((entry) => !expected.includes(entry.toLowerCase()));
  if (entries.length === 0) return undefined;
  const more = entries.length > entriesShown ? ` and ${entries.length - entriesShown} more` : '';
  return {
    reason: `it is not empty: it contains ${entries.slice(0, entriesShown).join(', ')}${more}`,
    paths: entries.map((entry) => join(path, entry)),
  };
}

/** The entries of a directory that a project can be created around. They are not touched, whatever they are. */
export function listKept(path: string): readonly string[] {
  return listEntries(path).filter((entry) => expected.includes(entry.toLowerCase()));
}

/** The entries of a directory that matter. None if it does not exist. */
function listEntries(path: string): readonly string[] {
  if (!exists(path)) return [];
  return readdirSync(path)
    .filter((entry) => !ignored.includes(entry.toLowerCase()))
    .toSorted();
}

/** The files to write where some entries are kept: those of the same name get another one, in `renamed`. */
export function setAside<T>(
  files: ReadonlyMap<string, T>,
  kept: readonly string[],
): Readonly<{ tree: ReadonlyMap<string, T>; renamed: readonly string[] }> {
  const names = kept.map((entry) => entry.toLowerCase());
  const entries = new Set([...files.keys()].map((path) => splitEntry(path)[0].toLowerCase()));
  const renamed = new Set<string>();
  const rename = (path: string) => {
    const [entry, rest] = splitEntry(path);
    if (!names.includes(entry.toLowerCase())) return path;
    let name = `${entry}.new`;
    while (entries.has(name.toLowerCase())) name += '.new';
    renamed.add(name);
    return name + rest;
  };
  const tree = new Map([...files].map(([path, file]) => [rename(path), file]));
  return { tree, renamed: [...renamed] };
}

/** A new directory with a similar name in which `checkName` finds no problem, where a project can be created. */
export function suggestDirectory(
  directory: string,
  cwd: string,
  checkName: (directory: string) => Error | undefined,
): string | undefined {
  const name = suggestName(basename(resolve(cwd, directory)));
  const names = [name, ...Array.from({ length: numbersTried }, (_, index) => `${name}-${index + 2}`)];
  const paths = [dirname(directory), '.'].flatMap((parent) => names.map((each) => join(parent, each)));
  return paths.find((path) => {
    const target = resolve(cwd, path);
    return checkName(path) === undefined && !exists(target) && findObstacle(target) === undefined;
  });
}

/** The first name of a path, and the rest with its slash. */
function splitEntry(path: string): readonly [entry: string, rest: string] {
  const end = path.indexOf('/');
  return end < 0 ? [path, ''] : [path.slice(0, end), path.slice(end)];
}

/** The path itself if it exists, else the nearest directory above it that exists. */
export function findNearest(path: string): string {
  return exists(path) || dirname(path) === path ? path : findNearest(dirname(path));
}

/** A broken symbolic link exists, too. */
export function exists(path: string): boolean {
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
