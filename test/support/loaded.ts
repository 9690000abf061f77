import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asModule } from './tool.ts';

/** What a run loads: its own files, and Node's modules besides those of every Node process. */
type Loaded = Readonly<{ files: readonly string[]; builtins: readonly string[] }>;

const record = 'loaded.json';

/** A module to preload. It writes what the run loads into its working directory. */
export const recorder = asModule(`
  import { writeFileSync } from 'node:fs';
  import { Module } from 'node:module';
  const before = new Set(process.moduleLoadList);
  process.on('exit', () => {
    const builtins = process.moduleLoadList
      .filter((name) => !before.has(name) && name.startsWith('NativeModule '))
      .map((name) => name.split(' ')[1]);
    writeFileSync('${record}', JSON.stringify({ files: Object.keys(Module._cache), builtins }));
  });`);

export function readLoaded(folder: string): Loaded {
  return JSON.parse(readFileSync(join(folder, record), 'utf8'));
}
