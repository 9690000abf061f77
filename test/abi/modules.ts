import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureEnvoyVersion, envoyVersions } from '../../scripts/envoys.mjs';
import { runToEnd } from '../support/command.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the built test filters. */
    modules: string;
  }
}

const layers = ['base', 'http', 'stream', 'hello'];
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
  const envoys = envoyVersions.map((version) => [version, ensureEnvoyVersion(version)]);
  project.provide('envoys', Object.fromEntries(envoys));
  return remove;
}

async function build(folder: string): Promise<void> {
  for (const layer of layers) await cp(`templates/assemblyscript/${layer}`, folder, { recursive: true });
  await cp('test/abi/filters', join(folder, 'assembly'), { recursive: true });
  await runToEnd(['npm', 'ci', '--no-audit', '--no-fund'], { cwd: folder });
  const modules = (await readdir('test/abi/filters')).filter((file) => !shared.includes(file));
  await Promise.all(modules.map((file) => compile(basename(file, '.ts'), folder)));
}

/** Builds `build/<name>.wasm` from `assembly/<name>.ts`, as the Makefile of a project does. */
export async function compile(name: string, folder: string): Promise<void> {
  const transform = ['--transform', './assembly/envoy/exports/unused-callbacks.js'];
  const target = ['--target', 'release', ...transform, '--outFile', `build/${name}.wasm`];
  await runToEnd(['npx', 'asc', `assembly/${name}.ts`, ...target], { cwd: folder });
}
