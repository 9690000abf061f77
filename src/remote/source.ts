import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { escapeControls } from '../errors.ts';
import { findPathProblem } from './names.ts';
import { invalid, type Place, parsePlace, type Repository, splitLocal } from './place.ts';

/** A local folder as it is on the disk. */
type FolderSource = Readonly<{ kind: 'folder'; path: string }>;

/**
 * A branch, tag or full hash of a commit in a repository; without a ref, its HEAD. Where groups contain groups, only the
 * host knows where the repository's name ends: the first candidate that exists is meant.
 */
export type RepositorySource = Readonly<{
  kind: 'repository';
  ref: string | undefined;
  candidates: readonly Repository[];
}>;

/** Where a template comes from. `text` is how to name it, without the ref. */
export type Source = Readonly<{ text: string }> & (FolderSource | RepositorySource);

/** The text of a source that means this commit for ever. A folder has none. */
export function pinSource({ text }: Source, commit: string | undefined): string {
  return commit === undefined ? text : `${text}#${commit}`;
}

/** Whether a ref is the full hash of a commit. */
export function isCommit(ref: string): boolean {
  return /^[\da-f]{40}$/.test(ref);
}

/** Parses the source of a template. Looks at neither the disk nor the network. Throws UsageError. */
export function parseSource(text: string, cwd: string): Source {
  if (escapeControls(text) !== text) throw invalid(text, 'it contains control characters');
  const isLocal = isAbsolute(text) || /^\.{1,2}([/\\]|$)/.test(text);
  // Folders have names with this character sometimes, refs hardly ever.
  const mark = isLocal ? text.lastIndexOf('#') : text.indexOf('#');
  const before = mark < 0 ? text : text.slice(0, mark);
  const ref = mark < 0 ? undefined : parseRef(text.slice(mark + 1), text);
  if (isLocal && ref === undefined) return { kind: 'folder', text, path: resolve(cwd, text) };
  const place = isLocal ? toPlace(resolve(cwd, before), before) : parsePlace(before);
  for (const { folder } of place.candidates) checkFolder(folder, text);
  const { candidates, page } = place;
  if (page === undefined) return { kind: 'repository', text: before, ref, candidates };
  return { kind: 'repository', text: page.text, ref: ref ?? parseRef(page.ref, text), candidates };
}

function toPlace(path: string, text: string): Place {
  const candidates = splitLocal(pathToFileURL(path).href, text);
  return {
    candidates: candidates.map((one) => ({
      ...one,
      name: one.folder === '' ? text : fileURLToPath(one.url),
    })),
  };
}

/** The rules of `git check-ref-format`. */
function parseRef(ref: string, text: string): string {
  const hash = ref.toLowerCase();
  if (isCommit(hash)) return hash;
  if (ref === '') throw invalid(text, 'nothing follows the "#"');
  const isAllowed = !/[\s~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(\/|$)|[/.]$|^[-/.]|^@$/.test(ref);
  if (!isAllowed) throw invalid(text, `"${ref}" cannot be the name of a branch or tag`);
  return ref;
}

function checkFolder(folder: string, text: string): void {
  const problem = folder === '' ? undefined : findPathProblem(folder);
  if (problem !== undefined) throw invalid(text, `"${folder}" is not a folder of a repository: ${problem}`);
}
