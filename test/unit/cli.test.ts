import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/cli.ts';
import { listAll } from '../support/folder.ts';
import { createWorld } from '../support/world.ts';

function asTerminal(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY, setRawMode: () => {} });
  stream.write('\x03');
  return stream;
}

describe('run', () => {
  it.each([
    [true, true, {}, 130],
    [true, true, { CI: '' }, 130],
    [true, true, { CI: '0' }, 130],
    [true, true, { CI: 'false' }, 130],
    [true, true, { CI: '1' }, 2],
    [true, true, { CI: 'true' }, 2],
    [true, true, { CI: 'woodpecker' }, 2],
    [false, true, {}, 2],
    [true, false, {}, 2],
  ])(
    'asks only people: input is a terminal %s, output %s, %j: exit code %i',
    async (isInput, isOutput, env, code) => {
      const { world } = createWorld({ stdin: asTerminal(isInput), stdout: asTerminal(isOutput), env });
      expect(await run(world)).toBe(code);
      expect(listAll(world.cwd)).toEqual([]);
    },
  );

  it('returns 1 for a bug of its own, and says how to report it, with the stack of the bug', async () => {
    const { world, complained } = createWorld();
    const fail = () => {
      throw new TypeError('x is not a function');
    };
    const brokenWith = (...argv: string[]) => Object.defineProperty({ ...world, argv }, 'cwd', { get: fail });
    expect(await run(brokenWith('--yes'))).toBe(1);
    const text = complained();
    expect(text).toBe(
      'error: unexpected: x is not a function\nhint: run the same command with --verbose, and report what it prints\n',
    );
    expect(await run(brokenWith('--yes', '--verbose'))).toBe(1);
    const long = complained();
    expect(long.startsWith(text)).toBe(true);
    expect(long).toMatch(/TypeError: x is not a function\n +at .*fail /);
  });

  it('prints a stack trace only with --verbose', async () => {
    const brief = createWorld({ argv: ['--nonsense'] });
    const verbose = createWorld({ argv: ['--nonsense', '--verbose'] });
    expect(await run(brief.world)).toBe(2);
    expect(await run(verbose.world)).toBe(2);
    const text = brief.complained();
    expect(text).toMatch(/^error: unknown option --nonsense\nhint: .*\n$/);
    const long = verbose.complained();
    expect(long.startsWith(text)).toBe(true);
    expect(long).toContain('args.ts');
  });

  it('returns 130 when it is stopped, and leaves nothing behind', async () => {
    const stop = new AbortController();
    const { world, told, complained } = createWorld({
      argv: ['app', '--yes'],
      signal: stop.signal,
    });
    const end = run(world);
    stop.abort();
    expect(await end).toBe(130);
    expect(complained()).toBe('error: cancelled; nothing was written\n');
    expect(told()).toBe('');
    expect(listAll(world.cwd)).toEqual([]);
  });
});
