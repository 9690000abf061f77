import ejs from 'ejs';
import type { FilterProject } from './project.ts';

/** The text of files by path, in the order of the paths; these have forward slashes on every system. */
export type FileTree = ReadonlyMap<string, string>;

/** One folder of templates. */
export type Layer = Readonly<{ name: string; files: FileTree }>;

/**
 * Takes a project and its layers; gives the project's files, the same bytes for the same input.
 * Throws if two layers give the same file, or if a template is not as it should be.
 */
export function render(project: FilterProject, layers: readonly Layer[]): FileTree {
  const files = layers.flatMap(({ name, files }) =>
    [...files].map(([path, text]) => ({ ...renderFile(project, path, text), origin: `${name}/${path}` })),
  );
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const twice = sorted.find(({ path }, index) => path === sorted[index + 1]?.path);
  if (twice !== undefined) {
    const origins = sorted.filter(({ path }) => path === twice.path).map(({ origin }) => origin);
    throw new Error(`more than one layer gives ${twice.path}: ${origins.join(', ')}`);
  }
  return new Map(sorted.map(({ path, text }) => [path, text]));
}

function renderFile(project: FilterProject, file: string, source: string) {
  const path = renderPath(project, file);
  const text = rename(project, file.endsWith('.ejs') ? fillIn(project, file, source) : source);
  return { path, text: project.language.finish(path, text) };
}

function renderPath(project: FilterProject, file: string): string {
  // npm leaves every .gitignore out of a package.
  return rename(project, file.replace(/\.ejs$/, '')).replace(/(^|\/)_gitignore$/, '$1.gitignore');
}

function rename({ name, snakeName }: FilterProject, text: string): string {
  return text.replaceAll('envoy-filter-name', name).replaceAll('envoy_filter_name', snakeName);
}

function fillIn(project: FilterProject, file: string, source: string): string {
  if (/<%(?!=)/.test(source)) throw new Error(`${file}: of all EJS tags only <%= is allowed`);
  const { name, snakeName, generatorVersion, language, template } = project;
  const locals = { name, snakeName, generatorVersion, language, template, context: template.context };
  return ejs.render(source, locals, {
    filename: file,
    strict: true,
    destructuredLocals: Object.keys(locals),
    escape: unescaped,
  });
}

/** EJS would write a missing value as nothing, and a quote as `&#34;`. */
function unescaped(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`${value} is not a text`);
  return value;
}
