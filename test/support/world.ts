import { PassThrough } from 'node:stream';
import type { World } from '../../src/cli.ts';
import { makeFolder } from './folder.ts';

/** A world that records its output, and whose input is Ctrl-C. */
export function createWorld(given: Partial<World> = {}) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.write('\x03');
  const world: World = {
    argv: [],
    cwd: given.cwd ?? makeFolder(),
    env: {},
    stdin,
    stdout,
    stderr,
    signal: new AbortController().signal,
    ...given,
  };
  return { world, told: () => String(stdout.read() ?? ''), complained: () => String(stderr.read() ?? '') };
}
