import { formatCommand } from '../command-line.ts';
import { TemplateError } from '../errors.ts';
import type { FilterProject, RemoteTemplate } from '../project.ts';
import { type FileTree, hasPlaceholder, rename } from '../render.ts';
import { Inspection } from './inspection.ts';

/** Throws TemplateError if the files are not a template, or not one for a project of this name. */
export function checkTemplate(project: FilterProject & RemoteTemplate, files: FileTree): void {
  const lack = findLack(files);
  if (lack !== undefined) throw toIncomplete(project.source, lack);
  checkPaths(project, files);
}

/** The error of a template that lacks something. */
export function toIncomplete(source: string, lack: string): TemplateError {
  return new TemplateError(
    `the template "${source}" ${lack}`,
    'a template needs a Makefile, and "envoy-filter-name" in place of a project\'s name; ' +
      `this creates one: ${formatCommand({ directory: 'envoy-filter-name' })}`,
  );
}

function findLack(files: FileTree): string | undefined {
  if (files.size === 0) return 'is empty';
  if (!files.has('Makefile')) return 'has no Makefile';
  if (![...files].some(hasPlaceholder)) return 'does not contain the placeholder "envoy-filter-name"';
  return undefined;
}

/** Checks the paths that the files will have, as those that they had. */
function checkPaths(project: FilterProject & RemoteTemplate, files: FileTree): void {
  const inspection = new Inspection();
  try {
    for (const path of files.keys()) inspection.addFile(rename(project, path), 0);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new TemplateError(
      `the template "${project.source}" cannot be used with the name "${project.name}": ${error.message}`,
      'choose another name',
    );
  }
}
