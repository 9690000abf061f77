import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTree } from '../../src/layers.ts';
import { listAll, makeFolder } from '../support/folder.ts';
import { asModule, runTool } from '../support/tool.ts';

/** A module that makes every rename fail. */
function failToRename(code: string): string {
  return asModule(`
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    fs.renameSync = () => { throw Object.assign(new Error('${code}: refused'), { code: '${code}' }); };
    syncBuiltinESMExports();`);
}

describe('create-envoy-filter, if renaming fails', () => {
  it.each([
    ['a virus scanner has opened a file', 'EPERM'],
    ['the file system cannot rename directories', 'EXDEV'],
  ])('still creates the project if %s', (_why, code) => {
    const folder = makeFolder();
    expect(runTool(['usual/app', '--yes'], { cwd: folder }).status).toBe(0);
    const outcome = runTool(['app', '--yes'], { cwd: folder, preload: failToRename(code) });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(readTree(join(folder, 'app'))).toEqual(readTree(join(folder, 'usual/app')));
    expect(listAll(folder).filter((path) => path.includes('.create-envoy-filter-'))).toEqual([]);
  });

  it.each(['app', 'deep/app', 'repo'])(
    'leaves the disk as it was when that cannot be helped, for %s',
    (directory) => {
      const folder = makeFolder();
      mkdirSync(join(folder, 'repo/.git'), { recursive: true });
      writeFileSync(join(folder, 'repo/README.md'), 'mine');
      const before = listAll(folder);
      const outcome = runTool([directory, '--yes'], { cwd: folder, preload: failToRename('EIO') });
      expect(outcome.status).toBe(1);
      expect(outcome.stdout).toBe('');
      expect(outcome.stderr).toMatch(
        /^error: cannot write ".*": EIO: refused\nhint: nothing was left behind/,
      );
      expect(listAll(folder)).toEqual(before);
    },
  );
});
