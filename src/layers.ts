import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Layer, TextTree } from './composition.ts';
import type { OwnTemplate } from './project.ts';

const folder = `${import.meta.dirname}/../templates`;

/** Reads the layers of a template. Not every layer has a folder in every language. Throws if a file cannot be read. */
export function readLayers({ language, template }: OwnTemplate): readonly Layer[] {
  return template.layers
    .flatMap((layer) => [`shared/${layer}`, `${language.id}/${layer}`])
    .filter((name) => existsSync(`${folder}/${name}`))
    .map((name) => ({ name, files: readTree(`${folder}/${name}`) }));
}

/** The files below a folder. Throws if one cannot be read. */
export function readTree(folder: string): TextTree {
  return new Map(readBelow(folder, ''));
}

function readBelow(folder: string, path: string): readonly (readonly [string, string])[] {
  return readdirSync(`${folder}/${path}`, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? readBelow(folder, `${path}${entry.name}/`)
      : [[`${path}${entry.name}`, readFileSync(`${folder}/${path}${entry.name}`, 'utf8')] as const],
  );
}
