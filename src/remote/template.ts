import { formatCommand } from '../command-line.ts';
import { TemplateError } from '../errors.ts';
import { type FileTree, hasPlaceholder } from '../render.ts';

/** Throws TemplateError if the files are no template. */
export function checkTemplate(source: string, files: FileTree): void {
  const problem = findProblem(files);
  if (problem === undefined) return;
  throw new TemplateError(
    `the template "${source}" ${problem}`,
    'a template needs a Makefile, and "envoy-filter-name" in place of a project\'s name; ' +
      `this creates one: ${formatCommand({ directory: 'envoy-filter-name' })}`,
  );
}

function findProblem(files: FileTree): string | undefined {
  if (files.size === 0) return 'is empty';
  if (!files.has('Makefile')) return 'has no Makefile';
  if (![...files].some(hasPlaceholder)) return 'does not contain the placeholder "envoy-filter-name"';
  return undefined;
}
