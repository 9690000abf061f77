import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageGoals } from '../../scripts/goals.mjs';
import { makeFolder } from '../support/folder.ts';
import { readLoaded, recorder } from '../support/loaded.ts';
import { bin, runTool } from '../support/tool.ts';

/** Node's modules that take long to load, or that only prompts and downloads need. */
const slow = ['child_process', 'crypto', 'dns', 'http', 'https', 'readline', 'zlib'];

/** Runs the tool and returns the names of its files that it loads, without their hashes. */
function listLoaded(args: string, status: number): readonly string[] {
  const folder = makeFolder();
  expect(runTool(args.split(' '), { cwd: folder, preload: recorder })).toMatchObject({ status });
  const { files, builtins } = readLoaded(folder);
  expect(builtins).toContain('internal/util/parse_args/parse_args');
  expect(builtins.filter((name) => slow.includes(name))).toEqual([]);
  expect(files.map(dirname)).toEqual(files.map(() => dirname(bin)));
  const size = files.reduce((total, file) => total + statSync(file).size, 0);
  expect(size).toBeLessThanOrEqual(packageGoals.core);
  return files.map((file) => basename(file).replace(/-.*/, ''));
}

// Whatever else it needs is in files that are loaded on demand: prompts, remote templates.
describe('create-envoy-filter', () => {
  it.each([
    ['--help', 0],
    ['--version', 0],
    ['made --langage rust', 2],
  ])('loads one file for: %s', (args, status) => {
    expect(listLoaded(args, status)).toEqual(['bin.cjs']);
  });

  it('loads two files to create a project', () => {
    expect(listLoaded('made --language rust --template hello', 0)).toEqual(['bin.cjs', 'create']);
  });

  it('loads one more for --completion', () => {
    const folder = makeFolder();
    expect(runTool(['--completion', 'zsh'], { cwd: folder, preload: recorder })).toMatchObject({ status: 0 });
    expect(readLoaded(folder).files.filter((file) => file !== bin)).toHaveLength(1);
  });
});
