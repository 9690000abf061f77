import ejs from 'ejs';
import type { FilterProject } from './project.ts';

/** The text of each file by its path, sorted by path. Paths have forward slashes on every system. */
export type FileTree = ReadonlyMap<string, string>;

/** A folder below `templates/`. */
export type Layer = Readonly<{ name: string; files: FileTree }>;

/** Files below this folder are not written. `.ejs` files insert them by `part('name')`. */
const partFolder = '_parts/';

/**
 * Renders the layers as the project's files. The same input gives the same bytes.
 * Throws if two layers provide the same file, or if a template is invalid.
 */
export function render(project: FilterProject, layers: readonly Layer[]): FileTree {
  const files = layers.flatMap(({ name, files }) =>
    [...files].map(([file, source]) => ({
      file,
      source,
      origin: `${name}/${file}`,
      path: renderPath(project, file),
    })),
  );
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const duplicate = sorted.find(({ path }, index) => path === sorted[index + 1]?.path);
  if (duplicate !== undefined) {
    const origins = sorted.filter(({ path }) => path === duplicate.path).map(({ origin }) => origin);
    throw new Error(`more than one layer provides ${duplicate.path}: ${origins.join(', ')}`);
  }
  const sources = new Map(sorted.map(({ path, file, source }) => [path, { file, source }]));
  const written = sorted.filter(({ path }) => !path.startsWith(partFolder));
  return new Map(
    written.map(({ path, file, source }) => [
      path,
      project.language.afterRename(path, renderText({ project, sources }, file, source)),
    ]),
  );
}

/** What a file is rendered from, besides its own text. */
type Context = Readonly<{
  project: FilterProject;
  sources: ReadonlyMap<string, Readonly<{ file: string; source: string }>>;
}>;

function renderText(context: Context, file: string, source: string): string {
  return rename(context.project, file.endsWith('.ejs') ? fillIn(context, file, source) : source);
}

function renderPath(project: FilterProject, file: string): string {
  // npm excludes every .gitignore from a package.
  return rename(project, file.replace(/\.ejs$/, '')).replace(/(^|\/)_gitignore$/, '$1.gitignore');
}

function rename({ name, snakeName }: FilterProject, text: string): string {
  return text.replaceAll('envoy-filter-name', name).replaceAll('envoy_filter_name', snakeName);
}

function fillIn(context: Context, file: string, source: string): string {
  if (/<%(?!=)/.test(source)) throw new Error(`${file}: <%= is the only EJS tag allowed`);
  const { name, snakeName, generatorVersion, language, template } = context.project;
  /** The text of a part. Every line except the first is indented. */
  const part = (partName: string, indent = 0) => {
    const found = context.sources.get(partFolder + partName);
    if (found === undefined) throw new Error(`${file}: no layer has the part ${partName}`);
    const text = renderText(context, found.file, found.source).trimEnd();
    return text.replaceAll(/\n(?=.)/g, `\n${' '.repeat(indent)}`);
  };
  const locals = { name, snakeName, generatorVersion, language, template, context: template.context, part };
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
