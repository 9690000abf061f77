import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readTree } from '../../src/layers.ts';
import { makeFolder } from '../support/folder.ts';
import { bin, cleanEnv, runTool } from '../support/tool.ts';

describe('create-envoy-filter in a POSIX shell', () => {
  it('prints a command that creates the same project', () => {
    const [first, second] = [makeFolder(), makeFolder()];
    const { stdout } = runTool(["it's/my $HOME/my-filter", '--yes'], { cwd: first });
    const line = stdout.trimEnd().split('\n').at(-1) ?? '';
    const [, args] = line.split(' -- ');
    const argv = execFileSync('sh', ['-c', `printf '%s\\0' ${args}`], { encoding: 'utf8' })
      .split('\0')
      .slice(0, -1);
    expect(runTool(argv, { cwd: second }).status).toBe(0);
    expect(readTree(second)).toEqual(readTree(first));
    expect(readTree(second).size).toBeGreaterThan(10);
  });

  it('says so if the current directory was deleted', () => {
    const script = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"';
    const run = (flag: string) =>
      spawnSync('sh', ['-c', script, 'sh', process.execPath, bin, flag], {
        cwd: makeFolder(),
        env: cleanEnv(),
        encoding: 'utf8',
      });
    expect(run('--yes')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'error: the current directory no longer exists\nhint: change to another one: cd ~\n',
    });
    expect(run('--help')).toMatchObject({ status: 0, stderr: '' });
  });
});
