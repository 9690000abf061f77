import { TemplateError } from '../errors.ts';
import { limits } from './limits.ts';
import { findPathProblem } from './names.ts';

const plainHint = 'a template contains only plain files and folders, with names that every system can write';

/** Checks the entries of a template, one by one, before any of them is written. */
export class Inspection {
  /** The paths, as a file system sees them that ignores case and Unicode's forms. */
  readonly #known = new Map<string, Readonly<{ path: string; isFolder: boolean }>>();
  readonly #total = { files: 0, folders: 0, bytes: 0 };

  /** Adds a file of `size` bytes. Throws TemplateError if it is not allowed in a template. */
  addFile(path: string, size: number): void {
    this.#check(path);
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth += 1) this.#addOne(parts.slice(0, depth).join('/'), true);
    this.#addOne(path, false);
    this.#total.bytes += size;
    if (this.#total.bytes > limits.bytes) throw tooLarge();
  }

  addFolder(path: string): void {
    this.#check(path);
    const parts = path.split('/');
    for (let depth = 1; depth <= parts.length; depth += 1)
      this.#addOne(parts.slice(0, depth).join('/'), true);
  }

  #check(path: string): void {
    const problem = findPathProblem(path);
    if (problem !== undefined) throw refuse(path, problem);
  }

  #addOne(path: string, isFolder: boolean): void {
    const key = path.normalize('NFC').toUpperCase().toLowerCase();
    const known = this.#known.get(key);
    if (known === undefined) {
      this.#known.set(key, { path, isFolder });
      this.#count(isFolder ? 'folders' : 'files');
    } else if (known.path !== path) {
      throw refuse(path, `it differs from "${known.path}" only in case or in how accents are encoded`);
    } else if (!isFolder || !known.isFolder) {
      throw refuse(path, 'it occurs twice');
    }
  }

  #count(kind: 'files' | 'folders'): void {
    this.#total[kind] += 1;
    if (this.#total[kind] <= limits.files) return;
    throw new TemplateError(`the template has more than ${limits.files} ${kind}`, sizeHint);
  }
}

const sizeHint = 'remove what a new project does not need; in a repository, all folders count';

export function tooLarge(what = 'template', bytes: number = limits.bytes): TemplateError {
  return new TemplateError(`the ${what} is larger than ${Math.floor(bytes / 1e6)} MB`, sizeHint);
}

export function refuse(path: string, problem: string, hint = plainHint): TemplateError {
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path;
  return new TemplateError(`"${shown}" is not allowed in a template: ${problem}`, hint);
}
