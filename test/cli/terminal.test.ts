import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listAll, makeFolder } from '../folder.ts';
import { bin, cleanEnv } from './tool.ts';

const keys = { enter: '\r', down: '\x1b[B', clearLine: '\x15', controlC: '\x03', controlD: '\x04' };
const [name, language, context] = ['Name of the filter', 'Language', 'Context type'];

/** Texts to wait for, with what is typed then. */
type Steps = readonly (readonly [string, string])[];

/** Takes a folder, arguments and what to type; gives the exit status and what was on the screen. */
function type(folder: string, args: readonly string[], steps: Steps): { status: number; screen: string } {
  const script = join(import.meta.dirname, 'terminal.py');
  const command = [script, JSON.stringify(steps), process.execPath, bin, ...args];
  const { error, status, stdout, stderr } = spawnSync('python3', command, {
    cwd: folder,
    // On a `dumb` terminal, which some CI systems name, Node knows no Ctrl-U.
    env: { ...cleanEnv(), TERM: 'xterm' },
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

// Python has no pty on Windows.
if (process.platform !== 'win32') {
  describe('create-envoy-filter on a terminal', () => {
    it('asks for name, language and context type, and makes the project', () => {
      const folder = makeFolder();
      const { status, screen } = type(
        folder,
        [],
        [
          [name, `My App!${keys.enter}`],
          ['invalid name "My App!"', `${keys.clearLine}typed-filter${keys.enter}`],
          [language, keys.down],
          ['tested by node --test', keys.enter],
          [context, keys.enter],
        ],
      );
      expect(status).toBe(0);
      expect(screen).toContain('Created typed-filter');
      expect(screen).toContain('-- typed-filter --language assemblyscript --context http');
      const origin = readFileSync(join(folder, 'typed-filter/.create-envoy-filter.json'), 'utf8');
      expect(JSON.parse(origin).answers).toEqual({
        name: 'typed-filter',
        language: 'assemblyscript',
        context: 'http',
      });
    });

    it('asks only for what the flags left open', () => {
      const folder = makeFolder();
      const { status, screen } = type(folder, ['app', '--language', 'rust'], [[context, keys.enter]]);
      expect(status).toBe(0);
      expect(screen).not.toContain(name);
      expect(screen).not.toContain(language);
      expect(listAll(folder)).toContain(join('app', 'Cargo.toml'));
    });

    it.each([
      ['the first question', []],
      ['the second', [[name, `app${keys.enter}`] as const]],
      ['the third', [[name, `app${keys.enter}`] as const, [language, keys.enter] as const]],
    ])('ends with 130 and writes nothing on Ctrl-C or Ctrl-D at %s', (_which, before: Steps) => {
      const question = [name, language, context][before.length] ?? '';
      for (const end of [keys.controlC, keys.controlD]) {
        const folder = makeFolder();
        const { status, screen } = type(folder, [], [...before, [question, end]]);
        expect(status).toBe(130);
        expect(screen).toContain('cancelled; nothing was written');
        expect(listAll(folder)).toEqual([]);
      }
    });
  });
}
