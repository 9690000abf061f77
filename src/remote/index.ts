import type { FilterProject, RemoteTemplate } from '../project.ts';
import type { ProjectTemplate } from '../render.ts';
import { type FetchOptions, fetchTemplate } from './fetch.ts';
import { parseSource, pinSource } from './source.ts';
import { checkTemplate } from './template.ts';
import { readTree } from './tree.ts';

export { parseSource };

/**
 * Fetches and reads the template of a project. Leaves nothing but the cache.
 * Throws UsageError, TemplateError, and the signal's reason if it is aborted.
 */
export async function readTemplate(
  project: FilterProject & RemoteTemplate,
  options: FetchOptions & Readonly<{ cwd: string }>,
): Promise<ProjectTemplate> {
  const source = parseSource(project.source, options.cwd);
  const { folder, commit, remove } = await fetchTemplate(source, options);
  try {
    const files = readTree(folder);
    checkTemplate(project, files);
    const pin = commit === undefined ? undefined : { commit, source: pinSource(source, commit) };
    return { project: { ...project, pin }, files };
  } finally {
    await remove();
  }
}
