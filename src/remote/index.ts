import { resolve } from 'node:path';
import type { TemplateFiles } from '../render.ts';
import { readTree } from './tree.ts';

/** Reads a remote template. Throws UsageError and TemplateError. */
export async function readTemplate(
  source: string,
  { cwd }: Readonly<{ cwd: string }>,
): Promise<TemplateFiles> {
  return { files: readTree(resolve(cwd, source)) };
}
