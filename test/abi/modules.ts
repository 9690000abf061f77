import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the built test filters. */
    modules: string;
  }
}

const layers = ['base', 'http-api', 'stream'];
/** What the test filters share; the others are modules of their own. */
const parts = ['messages.ts', 'script.ts'];

/** Lays a project out from the templates, with the test filters in it, and builds these as a generated project is built. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'create-envoy-filter-abi-'));
  const remove = () => rmSync(folder, { recursive: true });
  try {
    for (const layer of layers) cpSync(`templates/assemblyscript/${layer}`, folder, { recursive: true });
    cpSync('test/abi/filters', join(folder, 'assembly'), { recursive: true });
    run('npm', ['ci', '--no-audit', '--no-fund'], folder);
    for (const file of readdirSync('test/abi/filters').filter((name) => !parts.includes(name))) {
      const module = `build/${basename(file, '.ts')}.wasm`;
      run('npx', ['asc', `assembly/${file}`, '--target', 'release', '--outFile', module], folder);
    }
  } catch (error) {
    remove();
    throw error;
  }
  project.provide('modules', join(folder, 'build'));
  return remove;
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} has failed:\n${stdout}\n${stderr}`);
}
