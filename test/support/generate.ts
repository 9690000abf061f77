import { readLayers } from '../../src/layers.ts';
import { type Answers, type FilterProject, resolveProject } from '../../src/project.ts';
import { type FileTree, render } from '../../src/render.ts';

/** A project with these answers and its files, the same on every machine. */
export function generate(
  answers: Omit<Answers, 'directory'> & Partial<Answers>,
  version = '0.0.0',
): Readonly<{ project: FilterProject; tree: FileTree }> {
  const project = resolveProject({ directory: 'my-filter', ...answers }, '/somewhere', version);
  return { project, tree: render(project, readLayers(project)) };
}
