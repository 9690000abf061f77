import { readLayers } from '../../src/layers.ts';
import { type Answers, defaults, type FilterProject, resolveProject } from '../../src/project.ts';
import { type FileTree, render } from '../../src/render.ts';

export type Generated = Readonly<{ project: FilterProject; tree: FileTree }>;

/** The project with these answers and its files, the same on every machine. */
export function generate(answers: Partial<Answers> = {}, version = '0.0.0'): Generated {
  const project = resolveProject({ ...defaults, directory: 'my-filter', ...answers }, '/somewhere', version);
  return { project, tree: render(project, readLayers(project)) };
}

/** A file of the project. Throws if it does not exist. */
export function readText(tree: FileTree, path: string): string {
  const text = tree.get(path);
  if (text === undefined) throw new Error(`there is no ${path}`);
  return text;
}
