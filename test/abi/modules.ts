import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { runToEnd } from '../support/command.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the built test filters. */
    modules: string;
  }
}

const layers = ['base', 'http', 'stream'];
/** Shared by the test filters, each of which is a module. */
const shared = ['messages.ts', 'script.ts'];

/** Composes a project with the test filters in it, and builds them as a generated project is built. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'create-envoy-filter-abi-'));
  const remove = () => rm(folder, { recursive: true });
  try {
    await build(folder);
  } catch (error) {
    await remove();
    throw error;
  }
  project.provide('modules', join(folder, 'build'));
  return remove;
}

async function build(folder: string): Promise<void> {
  for (const layer of layers) await cp(`templates/assemblyscript/${layer}`, folder, { recursive: true });
  await cp('test/abi/filters', join(folder, 'assembly'), { recursive: true });
  await runToEnd(['npm', 'ci', '--no-audit', '--no-fund'], { cwd: folder });
  const modules = (await readdir('test/abi/filters')).filter((file) => !shared.includes(file));
  await Promise.all(
    modules.map((file) => {
      const target = ['--target', 'release', '--outFile', `build/${basename(file, '.ts')}.wasm`];
      return runToEnd(['npx', 'asc', `assembly/${file}`, ...target], { cwd: folder });
    }),
  );
}
