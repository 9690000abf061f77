import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Outcome } from '../support/command.ts';
import { listAll, makeFolder } from '../support/folder.ts';
import { bin, cleanEnv } from '../support/tool.ts';

/** Runs the tool with one of its outputs going to /dev/full. */
function runOnFullDisk(folder: string, args: readonly string[], output: 'stdout' | 'stderr'): Outcome {
  const full = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(full));
  return spawnSync(process.execPath, [bin, ...args], {
    cwd: folder,
    env: cleanEnv(),
    encoding: 'utf8',
    stdio: output === 'stdout' ? ['ignore', full, 'pipe'] : ['ignore', 'pipe', full],
  });
}

describe('create-envoy-filter, whose output goes to a full disk', () => {
  it.each(['--help', '--version'])('fails in one sentence with %s', (flag) => {
    expect(runOnFullDisk(makeFolder(), [flag], 'stdout')).toMatchObject({
      status: 1,
      stderr: 'error: cannot print: ENOSPC: no space left on device, write\n',
    });
  });

  it('says that the project was created', () => {
    const folder = makeFolder();
    const { status, stderr } = runOnFullDisk(folder, ['app', '--yes'], 'stdout');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: cannot print: .*\nhint: the project was created in ".*app"\n$/);
    expect(listAll(folder)).toContain(join('app', 'Makefile'));
  });

  it.each([
    [['app', '--yes', '--json'], 1, /^error: cannot print: .*\nhint: the project was created in ".*app"\n$/],
    [['app', '--yes', '--dry-run'], 1, /^error: cannot print: ENOSPC.*\n$/],
    [['app', '--nonsense', '--json'], 2, /^error: unknown option --nonsense\nhint: .*\n$/],
    [['/dev/full/app', '--yes', '--dry-run', '--json'], 1, /^error: cannot create .*\nhint: .*\n$/],
  ])('says what has happened, once: %j', (args, status, message) => {
    const outcome = runOnFullDisk(makeFolder(), args, 'stdout');
    expect(outcome).toMatchObject({ status, stderr: expect.stringMatching(message) });
  });

  it('keeps its exit code if it cannot print an error', () => {
    expect(runOnFullDisk(makeFolder(), ['--nonsense'], 'stderr')).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('create-envoy-filter, where the system lets nobody make a folder and says that nothing is there', () => {
  // Only SIGKILL ends an endless loop in Node's own code.
  const limit = { timeout: 20_000, killSignal: 'SIGKILL', encoding: 'utf8' } as const;

  it.each(['/proc/app', '/proc/a/b/app'])('fails in one sentence: %s', (directory) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, directory, '--yes'], {
      ...limit,
      env: cleanEnv(),
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^error: cannot write ".*app": ENOENT: .*\nhint: nothing was left behind; .*\n$/);
  });
});
