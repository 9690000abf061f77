import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageGoals } from '../../scripts/goals.mjs';
import { makeFolder } from '../support/folder.ts';
import { readLoaded, recorder } from '../support/loaded.ts';
import { bin, runTool } from '../support/tool.ts';

/** Node's modules that take long to load, or that only prompts and downloads need. */
const slow = ['child_process', 'crypto', 'dns', 'http', 'https', 'readline', 'zlib'];

describe('create-envoy-filter', () => {
  // Whatever else it needs is in files that are loaded on demand: prompts, remote templates.
  it.each([
    ['--help', 0],
    ['--version', 0],
    ['made --language rust --template hello', 0],
    ['made --langage rust', 2],
  ])('loads one file for: %s', (args, status) => {
    const folder = makeFolder();
    expect(runTool(args.split(' '), { cwd: folder, preload: recorder })).toMatchObject({ status });
    const { files, builtins } = readLoaded(folder);
    expect(files).toEqual([bin]);
    expect(statSync(bin).size).toBeLessThanOrEqual(packageGoals.core);
    expect(builtins).toContain('internal/util/parse_args/parse_args');
    expect(builtins.filter((name) => slow.includes(name))).toEqual([]);
  });

  it('loads one more for --completion', () => {
    const folder = makeFolder();
    expect(runTool(['--completion', 'zsh'], { cwd: folder, preload: recorder })).toMatchObject({ status: 0 });
    expect(readLoaded(folder).files.filter((file) => file !== bin)).toHaveLength(1);
  });
});
