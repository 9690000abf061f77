import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { FilterProject } from './project.ts';
import type { FileTree, Layer } from './render.ts';

const folder = `${import.meta.dirname}/../templates`;

/** Reads the layers of a project. Not every layer has a folder in every language. Throws if a file cannot be read. */
export function readLayers({ language, template }: FilterProject): readonly Layer[] {
  return template.layers
    .flatMap((layer) => [`shared/${layer}`, `${language.id}/${layer}`])
    .filter((name) => existsSync(`${folder}/${name}`))
    .map((name) => ({ name, files: readTree(`${folder}/${name}`) }));
}

/** The files below a folder. Throws if one cannot be read. */
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
