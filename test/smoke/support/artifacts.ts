import { chmod, copyFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Where an action runs, and its inputs. */
type Call = Readonly<{
  inputs: Readonly<Record<string, string>>;
  /** The job's clone. */
  cwd: string;
  /** The folder of the run's artifacts. */
  store: string;
}>;

/** The actions that pass files from one job to another, with the effects that they have on GitHub. */
export const artifactActions: Readonly<Record<string, (call: Call) => Promise<void>>> = {
  'actions/upload-artifact': upload,
  'actions/download-artifact': download,
};

/** Excludes hidden files and hidden folders unless they are included explicitly. Loses file modes. */
async function upload({ inputs, cwd, store }: Call): Promise<void> {
  const { name = '', path = '' } = inputs;
  const files = await listFiles(join(cwd, path), inputs['include-hidden-files'] === 'true');
  if (files.length === 0) throw new Error(`no files were found with the provided path: ${path}`);
  await rm(join(store, name), { recursive: true, force: true });
  await copy(files, join(cwd, path), join(store, name));
}

async function download({ inputs, cwd, store }: Call): Promise<void> {
  const { name = '', path = '' } = inputs;
  const artifact = join(store, name);
  await copy(await listFiles(artifact, true), artifact, join(cwd, path));
}

async function listFiles(path: string, withHidden: boolean): Promise<readonly string[]> {
  if (!withHidden && basename(path).startsWith('.')) return [];
  if (!(await stat(path)).isDirectory()) return [path];
  const names = await readdir(path);
  return (await Promise.all(names.map((name) => listFiles(join(path, name), withHidden)))).flat();
}

async function copy(files: readonly string[], from: string, to: string): Promise<void> {
  for (const file of files) {
    const target = join(to, file.slice(from.length));
    await mkdir(dirname(target), { recursive: true });
    await copyFile(file, target);
    await chmod(target, 0o644);
  }
}
