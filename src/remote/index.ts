import { resolve } from 'node:path';
import type { TemplateFiles } from '../render.ts';
import { checkTemplate } from './template.ts';
import { readTree } from './tree.ts';

/** Reads a remote template. Throws TemplateError if it is none. */
export async function readTemplate(
  source: string,
  { cwd }: Readonly<{ cwd: string }>,
): Promise<TemplateFiles> {
  const files = readTree(resolve(cwd, source));
  checkTemplate(source, files);
  return { files };
}
