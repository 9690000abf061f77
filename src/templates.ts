import { readdirSync, readFileSync } from 'node:fs';
import type { FilterProject } from './project.ts';
import type { FileTree, Layer } from './render.ts';

/** Takes a project; gives the layers it is made of. Throws if one cannot be read. */
export function readLayers({ language, context }: FilterProject): readonly Layer[] {
  const common = language.commonLayers[context.id] ?? [];
  const shared = ['base', context.id].map((name) => `shared/${name}`);
  const own = ['base', ...common, context.id].map((name) => `${language.id}/${name}`);
  return [...shared, ...own].map((name) => ({
    name,
    files: readTree(`${import.meta.dirname}/../templates/${name}`),
  }));
}

/** Takes a folder; gives every file below it. Throws if one cannot be read. */
export function readTree(folder: string): FileTree {
  return new Map(readBelow(folder, ''));
}

function readBelow(folder: string, path: string): readonly (readonly [string, string])[] {
  return readdirSync(`${folder}/${path}`, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? readBelow(folder, `${path}${entry.name}/`)
      : [[`${path}${entry.name}`, readFileSync(`${folder}/${path}${entry.name}`, 'utf8')] as const],
  );
}
