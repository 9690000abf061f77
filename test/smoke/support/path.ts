import { existsSync } from 'node:fs';
import { mkdtemp, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

const basicTools = ['awk', 'cp', 'echo', 'find', 'ls', 'make', 'mkdir', 'rm', 'sed', 'sh', 'sort', 'touch'];

const folders = (process.env.PATH ?? '').split(delimiter);

/** This process's PATH without the folders that have an Envoy. */
export function pathWithoutEnvoy(): string {
  return folders.filter((folder) => !existsSync(join(folder, 'envoy'))).join(delimiter);
}

/** A PATH with make and what every POSIX system has, but no compiler, Python or curl. */
export async function pathOfBasicTools(scratch: string): Promise<string> {
  const path = await mkdtemp(join(scratch, 'path-'));
  for (const tool of basicTools) {
    const folder = folders.find((candidate) => existsSync(join(candidate, tool)));
    if (folder === undefined) throw new Error(`there is no ${tool} on the PATH`);
    await symlink(join(folder, tool), join(path, tool));
  }
  return path;
}
