import { compose, type TextTree } from '../../src/composition.ts';
import { readLayers } from '../../src/layers.ts';
import { defaults, type FilterProject, type OwnAnswers, resolveProject } from '../../src/project.ts';
import { type FileTree, render } from '../../src/render.ts';

export type Generated = Readonly<{ project: FilterProject & OwnAnswers; tree: TextTree }>;

/** The project with these answers and the texts of its files, the same on every machine. */
export function generate(answers: Partial<OwnAnswers> = {}, version = '0.0.0'): Generated {
  const project = resolveProject({ ...defaults, directory: 'my-filter', ...answers }, '/somewhere', version);
  return { project, tree: listTexts(render(project, compose(project, readLayers(project)))) };
}

/** The texts of files. Bytes become text, and whether a file is executable is left out. */
export function listTexts(tree: FileTree): TextTree {
  return new Map([...tree].map(([path, { content }]) => [path, content.toString()]));
}

/** A file of the project. Throws if it does not exist. */
export function readText(tree: TextTree, path: string): string {
  const text = tree.get(path);
  if (text === undefined) throw new Error(`there is no ${path}`);
  return text;
}
