import { readLayers } from '../src/layers.ts';
import { type Answers, type FilterProject, resolveProject } from '../src/project.ts';
import { type FileTree, render } from '../src/render.ts';

/** A project with these answers, the same on every machine, and its files. */
export function generate(
  answers: Omit<Answers, 'directory'> & Partial<Answers>,
  version = '0.0.0',
): Readonly<{ project: FilterProject; tree: FileTree }> {
  const project = resolveProject({ directory: 'my-filter', ...answers }, '/somewhere', version);
  return { project, tree: render(project, readLayers(project)) };
}
