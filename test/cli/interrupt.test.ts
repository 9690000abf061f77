import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listAll, makeFolder } from '../folder.ts';
import { asModule, runTool } from './tool.ts';

/** Gives a module that makes Node send itself a signal as soon as so many files are written. */
function signalAfter(count: number, signal: NodeJS.Signals): string {
  return asModule(`
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const { writeFileSync } = fs;
    let written = 0;
    fs.writeFileSync = (...args) => {
      writeFileSync(...args);
      written += 1;
      if (written === ${count}) process.kill(process.pid, '${signal}');
    };
    syncBuiltinESMExports();`);
}

// On Windows a process cannot send itself a signal: it would just end.
if (process.platform !== 'win32') {
  describe('create-envoy-filter, interrupted while it writes', () => {
    it.each([
      ['SIGINT', 1],
      ['SIGINT', 12],
      ['SIGTERM', 3],
      ['SIGHUP', 3],
    ] as const)('takes %s after %i files, leaves the disk as it was and ends with 130', (signal, count) => {
      const folder = makeFolder();
      mkdirSync(join(folder, 'repo/.git'), { recursive: true });
      const before = listAll(folder);
      for (const directory of ['app', 'deep/er/app', 'repo']) {
        const outcome = runTool([directory, '--yes'], { cwd: folder, preload: signalAfter(count, signal) });
        expect(outcome).toMatchObject({
          status: 130,
          stdout: '',
          stderr: 'error: cancelled; nothing was written\n',
        });
        expect(listAll(folder)).toEqual(before);
      }
    });
  });
}
