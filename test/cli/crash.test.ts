import { describe, expect, it } from 'vitest';
import { listAll, makeFolder } from '../support/folder.ts';
import { parseOutput } from '../support/output.ts';
import { asModule, runTool } from '../support/tool.ts';

/** Makes an event throw while the tool writes. */
const throwing = asModule(`
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const { writeFileSync } = fs;
  fs.writeFileSync = (...args) => {
    writeFileSync(...args);
    setImmediate(() => { throw new Error('boom') });
    fs.writeFileSync = writeFileSync;
    syncBuiltinESMExports();
  };
  syncBuiltinESMExports();`);

/** Makes the tool wait for a turn of the event loop that never comes. */
const hanging = asModule('globalThis.setImmediate = () => {};');

describe('create-envoy-filter, with a bug', () => {
  it.each([
    ['an event that throws', throwing, 'unexpected: boom'],
    ['a run that never ends', hanging, 'unexpected: there is nothing left to wait for'],
  ])('reports %s in a sentence and in JSON, and ends with 1', (_what, preload, message) => {
    const folder = makeFolder();
    const hint = 'run the same command with --verbose, and report what it prints';
    const stderr = `error: ${message}\nhint: ${hint}\n`;
    expect(runTool(['app', '--yes'], { cwd: folder, preload })).toMatchObject({
      status: 1,
      stdout: '',
      stderr,
    });
    const outcome = runTool(['app', '--yes', '--json'], { cwd: makeFolder(), preload });
    expect(outcome).toMatchObject({ status: 1, stderr });
    expect(parseOutput(outcome.stdout)).toMatchObject({
      exitCode: 1,
      error: { kind: 'internal', message, hint },
    });
  });

  it('leaves nothing behind when an event throws', () => {
    const folder = makeFolder();
    runTool(['app', '--yes'], { cwd: folder, preload: throwing });
    expect(listAll(folder)).toEqual([]);
  });
});
