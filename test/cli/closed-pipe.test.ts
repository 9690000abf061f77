import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { listAll, makeFolder } from '../support/folder.ts';
import { parseOutput } from '../support/output.ts';
import { bin, cleanEnv } from '../support/tool.ts';

/** Runs the tool with one output closed. Returns the exit code and the other output. */
async function runUnread(cwd: string, args: readonly string[], unread: 'stdout' | 'stderr') {
  const tool = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: cleanEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  tool[unread].destroy();
  const told = text(unread === 'stdout' ? tool.stderr : tool.stdout);
  const [code] = await once(tool, 'close');
  return [code, await told];
}

describe('create-envoy-filter, whose reader has closed the pipe', () => {
  it.each(['--help', '--version'])('takes that for no error with %s', async (flag) => {
    expect(await runUnread(makeFolder(), [flag], 'stdout')).toEqual([0, '']);
  });

  it('creates the project nevertheless', async () => {
    const folder = makeFolder();
    expect(await runUnread(folder, ['app', '--yes'], 'stdout')).toEqual([0, '']);
    expect(listAll(folder)).toContain(join('app', 'Makefile'));
  });

  it('creates the project nevertheless with --json, and keeps the exit code of an error', async () => {
    const folder = makeFolder();
    expect(await runUnread(folder, ['app', '--yes', '--json'], 'stdout')).toEqual([0, '']);
    expect(listAll(folder)).toContain(join('app', 'Makefile'));
    const [code, stderr] = await runUnread(folder, ['app', '--yes', '--json'], 'stdout');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^error: cannot create "app": .*\nhint: .*\n$/),
    ]);
  });

  it('keeps the exit code of an error that nobody reads', async () => {
    expect(await runUnread(makeFolder(), ['--nonsense'], 'stderr')).toEqual([2, '']);
    const [code, stdout] = await runUnread(makeFolder(), ['--nonsense', '--json'], 'stderr');
    expect(parseOutput(String(stdout)).exitCode).toBe(code);
  });
});
