import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Project } from './project.ts';

/** A row of the table of `make doctor`. */
export type Finding = Readonly<Record<'mark' | 'tool' | 'version' | 'wanted' | 'target' | 'way', string>>;

/** Runs `make doctor`. Throws if its output is not a table with columns of the same width. */
export async function diagnose(project: Project, env: NodeJS.ProcessEnv = {}) {
  const outcome = await project.make(['doctor'], env);
  const [head = '', ...lines] = outcome.stdout.trimEnd().split('\n');
  const starts = [...head.matchAll(/(?<!\S)\S.*?(?= {2}|$)/g)].map(({ index }) => index);
  const found = lines.map((line): Finding => {
    const ends = [...starts, undefined];
    const cells = [0, ...starts].map((start, column) => line.slice(start, ends[column]));
    if (cells.some((cell) => /^ | {2}\S/.test(cell))) throw new Error(`not in columns: ${line}`);
    const [mark = '', tool = '', version = '', wanted = '', target = '', way = ''] = cells.map((cell) =>
      cell.trimEnd(),
    );
    return { mark, tool, version, wanted, target, way };
  });
  return { ...outcome, found };
}

/** Writes scripts of these names and with this line of shell into a folder. */
export async function writeTools(folder: string, names: readonly string[], line: string): Promise<void> {
  const write = (name: string) => writeFile(join(folder, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  await Promise.all(names.map(write));
}
