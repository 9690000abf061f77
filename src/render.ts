import { languages } from './languages/index.ts';
import type { FilterProject } from './project.ts';
import { formatRecord, recordPath } from './record.ts';

/** A file of a template or a project. Text is a string. */
export type File = Readonly<{ content: string | Uint8Array; isExecutable: boolean }>;

/** Each file by its path, sorted by path. Paths have forward slashes on every system. */
export type FileTree = ReadonlyMap<string, File>;

/** A project and the files of its template, under the placeholder's name. */
export type ProjectTemplate = Readonly<{ project: FilterProject; files: FileTree }>;

const placeholder = /envoy-filter-name|envoy_filter_name/;

/**
 * The project's files: those of the template, with the project's name in place of `envoy-filter-name` and
 * `envoy_filter_name` in text and paths, and the project's record. The same input gives the same bytes.
 */
export function render(project: FilterProject, template: FileTree): FileTree {
  const record = { content: formatRecord(project), isExecutable: false };
  const files = new Map([...template].map(([path, file]) => renderFile(project, path, file)));
  return new Map([...files.set(recordPath, record)].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function renderFile(project: FilterProject, path: string, file: File): readonly [string, File] {
  const renamed = rename(project, path);
  const { content } = file;
  if (typeof content !== 'string' || !placeholder.test(content)) return [renamed, file];
  const text = languages.reduce(
    (text, language) => language.afterRename(renamed, text),
    rename(project, content),
  );
  return [renamed, { ...file, content: text }];
}

/** Whether a file has a placeholder, in its path or its text. */
export function hasPlaceholder([path, { content }]: readonly [string, File]): boolean {
  return placeholder.test(path) || (typeof content === 'string' && placeholder.test(content));
}

/** Fills in the project's name. */
export function rename({ name, snakeName }: FilterProject, text: string): string {
  return text.replaceAll('envoy-filter-name', name).replaceAll('envoy_filter_name', snakeName);
}
