import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readTree } from '../../src/layers.ts';
import { makeFolder } from '../support/folder.ts';
import { readLoaded, recorder } from '../support/loaded.ts';
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

  it.each(['>help', '| cat'])('opens no stream to print: %s', (output) => {
    const folder = makeFolder();
    const args = ['-c', `"$@" --help ${output}`, 'sh', process.execPath, '--import', recorder, bin];
    execFileSync('sh', args, { cwd: folder, env: cleanEnv() });
    const { builtins } = readLoaded(folder);
    expect(builtins).toContain('internal/util/parse_args/parse_args');
    expect(builtins.filter((name) => /stream|^net$|^tty$/.test(name))).toEqual([]);
  });

  it('waits for a pipe that is full and does not block', () => {
    // Fills a pipe, starts the tool, and reads the pipe only then.
    const script = `
import os, subprocess, sys, time
reader, writer = os.pipe()
os.set_blocking(writer, False)
filled = os.write(writer, b'x' * (1 << 20))
tool = subprocess.Popen(sys.argv[1:], stdout=writer)
os.close(writer)
time.sleep(1)
assert tool.poll() is None
with open(reader, 'rb') as pipe: sys.stdout.buffer.write(pipe.read()[filled:])
sys.exit(tool.wait())`;
    const args = ['-c', script, process.execPath, bin, '--help'];
    const { status, stdout, stderr } = spawnSync('python3', args, { env: cleanEnv(), encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(runTool(['--help'], { cwd: makeFolder() }).stdout);
  });
});
