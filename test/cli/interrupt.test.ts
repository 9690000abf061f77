import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../support/command.ts';
import { listAll, makeFolder } from '../support/folder.ts';
import { parseOutput } from '../support/output.ts';
import { withServer } from '../support/server.ts';
import { asModule, bin, cleanEnv, runTool } from '../support/tool.ts';

/** A module that makes Node send itself a signal after so many files are written. */
function signalAfter(count: number, signal: NodeJS.Signals, also = ''): string {
  return asModule(`
    ${also}
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

/** Fails unless a signal after so many files ends a run like this, with the disk as it was. */
function interrupt(signal: NodeJS.Signals, count: number, end: Partial<Outcome>, also = ''): void {
  const folder = makeFolder();
  mkdirSync(join(folder, 'repo/.git'), { recursive: true });
  writeFileSync(join(folder, 'repo/README.md'), 'mine');
  const before = listAll(folder);
  for (const directory of ['app', 'deep/er/app', 'repo']) {
    const outcome = runTool([directory, '--yes'], { cwd: folder, preload: signalAfter(count, signal, also) });
    const told = { stdout: '', stderr: 'error: cancelled; nothing was written\n' };
    expect(outcome).toMatchObject({ ...told, ...end });
    expect(listAll(folder)).toEqual(before);
  }
}

describe('create-envoy-filter, interrupted while it writes', () => {
  it.each([
    ['SIGINT', 1],
    ['SIGINT', 12],
    ['SIGTERM', 3],
  ] as const)('takes %s after %i files, leaves the disk as it was and ends with 130', (signal, count) => {
    interrupt(signal, count, { status: 130 });
  });

  it('leaves the disk as it was when the terminal is closed, and ends by that signal', () => {
    interrupt('SIGHUP', 3, { status: null, signal: 'SIGHUP' });
  });

  it('says so in JSON with --json', () => {
    const outcome = runTool(['app', '--yes', '--json'], {
      cwd: makeFolder(),
      preload: signalAfter(3, 'SIGINT'),
    });
    const { exitCode, error } = parseOutput(outcome.stdout);
    expect([exitCode, error.kind, outcome.status]).toEqual([130, 'cancelled', 130]);
  });

  // A terminal sends Ctrl-C to npm and to the tool, and npm passes it on.
  it('takes a second signal that comes at once for the same', () => {
    const again = `process.once('SIGINT', () => setImmediate(() => process.kill(process.pid, 'SIGINT')));`;
    interrupt('SIGINT', 2, { status: 130 }, again);
  });

  // A fetch takes long enough for both signals to arrive.
  it('removes what it has fetched before it ends, even if npm passes on the signal of the terminal', async () => {
    const folder = makeFolder();
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket.on('error', () => {})));
    await withServer(server, async (port) => {
      const source = `https://127.0.0.1:${port}/repository.git`;
      const tool = spawn(process.execPath, [bin, 'app', '--template', source, '--json'], {
        cwd: folder,
        env: { ...cleanEnv(), TMPDIR: folder, XDG_CACHE_HOME: join(folder, 'cache') },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      await once(server, 'connection');
      tool.kill('SIGINT');
      setTimeout(() => tool.kill('SIGINT'), 3);
      const [stdout, [status]] = await Promise.all([text(tool.stdout), once(tool, 'close')]);
      for (const socket of sockets) socket.destroy();
      expect(parseOutput(stdout)).toMatchObject({ exitCode: 130, error: { kind: 'cancelled' } });
      expect(status).toBe(130);
    });
    expect(listAll(folder).filter((path) => !path.startsWith('cache'))).toEqual([]);
  });
});
