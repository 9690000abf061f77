import ejs from 'ejs';
import type { OwnTemplate } from './project.ts';
import type { FileTree } from './render.ts';

/** The text of each file by its path. Paths have forward slashes on every system. */
export type TextTree = ReadonlyMap<string, string>;

/** A folder below `templates/`. */
export type Layer = Readonly<{ name: string; files: TextTree }>;

/** Files below this folder are not written. `.ejs` files insert them by `part('name')`. */
const partFolder = '_parts/';

/** A file of a layer, and the path at which it is written. */
type Source = Readonly<{ path: string; file: string; text: string; origin: string }>;

/**
 * Composes the layers into the files of a project that has the placeholder as its name.
 * Throws if two layers provide the same file, or if a template is invalid.
 */
export function compose(template: OwnTemplate, layers: readonly Layer[]): FileTree {
  const sources = listSources(layers);
  const isPart = ({ path }: Source) => path.startsWith(partFolder);
  const context = { ...template, sources, parts: new Map<string, string>() };
  for (const [path, text] of fillIn(context, sources.filter(isPart))) context.parts.set(path, text);
  const files = fillIn(
    context,
    sources.filter((source) => !isPart(source)),
  );
  return new Map(files.map(([path, content]) => [path, { content, isExecutable: false }]));
}

/** The files of all layers, sorted by path. */
function listSources(layers: readonly Layer[]): readonly Source[] {
  const sources = layers
    .flatMap(({ name, files }) =>
      [...files].map(([file, text]) => ({ path: toPath(file), file, text, origin: `${name}/${file}` })),
    )
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const duplicate = sources.find(({ path }, index) => path === sources[index + 1]?.path);
  if (duplicate === undefined) return sources;
  const origins = sources.filter(({ path }) => path === duplicate.path).map(({ origin }) => origin);
  throw new Error(`more than one layer provides ${duplicate.path}: ${origins.join(', ')}`);
}

function toPath(file: string): string {
  // npm excludes every .gitignore from a package.
  return file.replace(/\.ejs$/, '').replace(/(^|\/)_gitignore$/, '$1.gitignore');
}

/** What files are composed from, besides their own text: all files, and the texts of parts by path. */
type Context = OwnTemplate & Readonly<{ sources: readonly Source[]; parts: Map<string, string> }>;

const separator = '\0';

/** The paths and texts of some files. Those that end in `.ejs` are compiled together: each compilation takes time. */
function fillIn(context: Context, sources: readonly Source[]): readonly (readonly [string, string])[] {
  const isTemplate = ({ file }: Source) => file.endsWith('.ejs');
  const templates = sources.filter(isTemplate);
  const wrong = templates.find(({ text }) => /<%(?!=)/.test(text));
  if (wrong !== undefined) throw new Error(`${wrong.file}: <%= is the only EJS tag allowed`);
  const { language, template } = context;
  /** The text of a part. Every line except the first is indented. */
  const part = (name: string, indent = 0) =>
    findPart(context, name).replaceAll(/\n(?=.)/g, `\n${' '.repeat(indent)}`);
  const locals = { language, template, context: template.context, part };
  const texts = ejs
    .render(templates.map(({ text }) => text).join(separator), locals, {
      // Its error messages would show all files together.
      compileDebug: false,
      strict: true,
      destructuredLocals: Object.keys(locals),
      escape: unescaped,
    })
    .split(separator);
  return sources.map((source) => [source.path, isTemplate(source) ? (texts.shift() ?? '') : source.text]);
}

function findPart(context: Context, name: string): string {
  const path = partFolder + name;
  const known = context.parts.get(path);
  if (known !== undefined) return known.trimEnd();
  const source = context.sources.find((source) => source.path === path);
  if (source === undefined) throw new Error(`no layer has the part ${name}`);
  for (const [path, text] of fillIn(context, [source])) context.parts.set(path, text);
  return findPart(context, name);
}

/** Replaces EJS's own function, which writes a missing value as nothing and a quote as `&#34;`. */
function unescaped(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`${value} is not a string`);
  return value;
}
