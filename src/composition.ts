import ejs from 'ejs';
import type { OwnTemplate } from './project.ts';
import type { FileTree } from './render.ts';

/** The text of each file by its path. Paths have forward slashes on every system. */
export type TextTree = ReadonlyMap<string, string>;

/** A folder below `templates/`. */
export type Layer = Readonly<{ name: string; files: TextTree }>;

/** Files below this folder are not written. `.ejs` files insert them by `part('name')`. */
const partFolder = '_parts/';

/**
 * Composes the layers into the files of a project that has the placeholder as its name.
 * Throws if two layers provide the same file, or if a template is invalid.
 */
export function compose(template: OwnTemplate, layers: readonly Layer[]): FileTree {
  const files = layers.flatMap(({ name, files }) =>
    [...files].map(([file, source]) => ({
      file,
      source,
      origin: `${name}/${file}`,
      path: toPath(file),
    })),
  );
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const duplicate = sorted.find(({ path }, index) => path === sorted[index + 1]?.path);
  if (duplicate !== undefined) {
    const origins = sorted.filter(({ path }) => path === duplicate.path).map(({ origin }) => origin);
    throw new Error(`more than one layer provides ${duplicate.path}: ${origins.join(', ')}`);
  }
  const sources = new Map(sorted.map(({ path, file, source }) => [path, { file, source }]));
  const context = { ...template, sources };
  const written = sorted.filter(({ path }) => !path.startsWith(partFolder));
  return new Map(
    written.map(({ path, file, source }) => [
      path,
      { content: fillIn(context, file, source), isExecutable: false },
    ]),
  );
}

function toPath(file: string): string {
  // npm excludes every .gitignore from a package.
  return file.replace(/\.ejs$/, '').replace(/(^|\/)_gitignore$/, '$1.gitignore');
}

/** What a file is composed from, besides its own text. */
type Context = OwnTemplate &
  Readonly<{
    sources: ReadonlyMap<string, Readonly<{ file: string; source: string }>>;
  }>;

function fillIn(context: Context, file: string, source: string): string {
  if (!file.endsWith('.ejs')) return source;
  if (/<%(?!=)/.test(source)) throw new Error(`${file}: <%= is the only EJS tag allowed`);
  const { language, template } = context;
  /** The text of a part. Every line except the first is indented. */
  const part = (partName: string, indent = 0) => {
    const found = context.sources.get(partFolder + partName);
    if (found === undefined) throw new Error(`${file}: no layer has the part ${partName}`);
    const text = fillIn(context, found.file, found.source).trimEnd();
    return text.replaceAll(/\n(?=.)/g, `\n${' '.repeat(indent)}`);
  };
  const locals = { language, template, context: template.context, part };
  return ejs.render(source, locals, {
    filename: file,
    strict: true,
    destructuredLocals: Object.keys(locals),
    escape: unescaped,
  });
}

/** Replaces EJS's own function, which writes a missing value as nothing and a quote as `&#34;`. */
function unescaped(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`${value} is not a string`);
  return value;
}
