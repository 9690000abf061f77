import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contexts } from '../../src/contexts.ts';
import { languages } from '../../src/languages/index.ts';
import { findDefault, templates } from '../../src/templates/index.ts';
import { listAll, makeFolder } from '../support/folder.ts';
import { readLoaded, recorder } from '../support/loaded.ts';
import { parseOutput } from '../support/output.ts';
import { bin, cleanEnv } from '../support/tool.ts';

const keys = {
  enter: '\r',
  down: '\x1b[B',
  up: '\x1b[A',
  clearLine: '\x15',
  controlC: '\x03',
  controlD: '\x04',
};
const [name, language, context] = ['Name of the filter', 'Language', 'Context type'];
const [firstLanguage, secondLanguage] = languages;
const [firstTemplate] = templates;
const lastTemplate = findDefault(contexts.at(-1) ?? contexts[0]);
const candidates = templates.filter((template) => template.context === lastTemplate.context);
/** Chooses the last context type and, if asked for, its default template. */
const lastContext = `${keys.up}${keys.enter}${candidates.length > 1 ? keys.enter : ''}`;

/** Texts to wait for, and what to type then. `null` closes the terminal. */
type Steps = readonly (readonly [string, string | null])[];

type Session = Readonly<{ status: number; screen: string }>;

/** Runs the tool in a terminal and types. Returns the exit status and the screen. */
function type(folder: string, args: readonly string[], steps: Steps, columns = 100): Session {
  return runOnTerminal(folder, [process.execPath, bin, ...args], steps, columns);
}

function runOnTerminal(folder: string, command: readonly string[], steps: Steps, columns = 100): Session {
  const script = join(import.meta.dirname, '../support/terminal.py');
  const args = [script, JSON.stringify([columns, steps]), ...command];
  const { error, status, stdout, stderr } = spawnSync('python3', args, {
    cwd: folder,
    // On a `dumb` terminal, as in some CI systems, Node does not handle Ctrl-U.
    env: { ...cleanEnv(), TERM: 'xterm' },
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

describe('create-envoy-filter on a terminal', () => {
  it('asks for name, language and context type, and creates the project', () => {
    const folder = makeFolder();
    const { status, screen } = type(
      folder,
      [],
      [
        [name, `My App!${keys.enter}`],
        ['invalid name "My App!"', `${keys.clearLine}typed-filter${keys.enter}`],
        [language, keys.down],
        [secondLanguage?.hint ?? '', keys.enter],
        [context, lastContext],
      ],
    );
    expect(status).toBe(0);
    expect(screen).toContain('Created typed-filter');
    expect(screen).toContain(
      `-- typed-filter --language ${secondLanguage?.id} --template ${lastTemplate.id}`,
    );
    const origin = readFileSync(join(folder, 'typed-filter/.create-envoy-filter.json'), 'utf8');
    expect(JSON.parse(origin).answers).toEqual({
      name: 'typed-filter',
      language: secondLanguage?.id,
      template: lastTemplate.id,
    });
  });

  it('asks only for what the flags omit', () => {
    const folder = makeFolder();
    const { status, screen } = type(
      folder,
      ['app', '--language', firstLanguage.id],
      [[context, lastContext]],
    );
    expect(status).toBe(0);
    expect(screen).not.toContain(name);
    expect(screen).not.toContain(language);
    expect(listAll(folder)).toContain(join('app', firstLanguage.files.filter));
  });

  it.each([
    ['a paste', name],
    ['what was typed before the first', ''],
  ])('takes the answers to all prompts from %s', (_what, awaited) => {
    const folder = makeFolder();
    const typed = `pasted-filter${keys.enter}${keys.down}${keys.enter}${lastContext}`;
    const { status, screen } = type(folder, [], [[awaited, typed]]);
    expect(status).toBe(0);
    expect(screen).toContain(
      `-- pasted-filter --language ${secondLanguage?.id} --template ${lastTemplate.id}`,
    );
  });

  it('asks again after an invalid pasted answer', () => {
    const folder = makeFolder();
    const typed = `on${keys.enter}${keys.clearLine}pasted-filter${keys.enter}`;
    const { status, screen } = type(folder, ['-l', firstLanguage.id, '-t', lastTemplate.id], [[name, typed]]);
    expect(status).toBe(0);
    expect(screen).toContain('invalid name "on"');
    expect(screen).toContain(`-- pasted-filter --language ${firstLanguage.id} --template ${lastTemplate.id}`);
  });

  it('asks in whole lines on a terminal that does not know its size', () => {
    const { status } = type(makeFolder(), ['app', '-t', firstTemplate.id], [[language, keys.enter]], 0);
    expect(status).toBe(0);
  });

  it('prompts for nothing and colours nothing with --json', () => {
    const { status, screen } = type(makeFolder(), ['app', '--json'], []);
    const [output = '', ...rest] = screen.split('\r\n');
    expect(parseOutput(`${output}\n`)).toMatchObject({ exitCode: status, error: { kind: 'usage' } });
    expect(rest).toEqual([
      'error: missing --language and --template: --json does not prompt',
      expect.stringMatching(/^hint: [ -~]*$/),
      '',
    ]);
  });

  it('ends by SIGHUP when its terminal is closed', () => {
    const folder = makeFolder();
    expect(type(folder, [], [[name, null]])).toMatchObject({ status: -constants.signals.SIGHUP });
    expect(listAll(folder)).toEqual([]);
  });

  it('ends by SIGHUP even if a shell does not pass on the signal', () => {
    const folder = makeFolder();
    const script = 'trap : HUP; "$@"; echo $? > status';
    runOnTerminal(folder, ['sh', '-c', script, 'sh', process.execPath, bin], [[name, null]]);
    expect(readFileSync(join(folder, 'status'), 'utf8')).toBe(`${128 + constants.signals.SIGHUP}\n`);
    expect(listAll(folder)).toEqual(['status']);
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

  it('loads the prompts and nothing else', () => {
    const folder = makeFolder();
    const command = [process.execPath, '--import', recorder, bin];
    runOnTerminal(folder, command, [[name, keys.controlC]]);
    const { files, builtins } = readLoaded(folder);
    expect(files.map((file) => basename(file).replace(/-.*/, ''))).toEqual(['bin.cjs', 'ui']);
    expect(builtins).toContain('readline');
  });
});
