import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contexts } from '../../src/contexts.ts';
import { languages } from '../../src/languages/index.ts';
import { findDefault, type Template, templates } from '../../src/templates/index.ts';
import { listAll, makeFolder } from '../support/folder.ts';
import { readLoaded, recorder } from '../support/loaded.ts';
import { parseOutput } from '../support/output.ts';
import { keys, runOnTerminal, type Steps, show, type } from '../support/terminal.ts';
import { bin } from '../support/tool.ts';

const questions = ['Name of the filter', 'Language', 'Context type', 'Run git init?'] as const;
const [name, language, context, git] = questions;
const [firstLanguage, secondLanguage] = languages;
const [firstTemplate] = templates;
const lastTemplate = findDefault(contexts.at(-1) ?? contexts[0]);
/** Takes the default of the question that follows if the context type of this template has others. */
const takeDefault = ({ context }: Template) =>
  templates.filter((template) => template.context === context).length > 1 ? keys.enter : '';
const lastContext = `${keys.up}${keys.enter}${takeDefault(lastTemplate)}`;
/** Takes the default for every question. */
const all: Steps = questions.map((question) => [
  question,
  question === context ? `${keys.enter}${takeDefault(firstTemplate)}` : keys.enter,
]);

describe('create-envoy-filter on a terminal', () => {
  it('asks for name, language and context type, and creates the project', () => {
    const folder = makeFolder();
    const { status, screen } = type(
      folder,
      [],
      [
        [name, `My App!${keys.enter}`],
        ['y-app', `${keys.clearLine}typed-filter${keys.enter}`],
        [language, keys.down],
        [secondLanguage?.hint ?? '', keys.enter],
        [context, lastContext],
        [git, keys.enter],
      ],
    );
    expect(status).toBe(0);
    expect(screen).toContain('invalid name "My App!"');
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
      [
        [context, lastContext],
        [git, keys.enter],
      ],
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
    const typed = `pasted-filter${keys.enter}${keys.down}${keys.enter}${lastContext}${keys.enter}`;
    const { status, screen } = type(folder, [], [[awaited, typed]]);
    expect(status).toBe(0);
    expect(screen).toContain(
      `-- pasted-filter --language ${secondLanguage?.id} --template ${lastTemplate.id}`,
    );
  });

  it('asks again after an invalid pasted answer', () => {
    const folder = makeFolder();
    const typed = `on${keys.enter}${keys.clearLine}pasted-filter${keys.enter}${keys.enter}`;
    const { status, screen } = type(folder, ['-l', firstLanguage.id, '-t', lastTemplate.id], [[name, typed]]);
    expect(status).toBe(0);
    expect(screen).toContain('invalid name "on"');
    expect(screen).toContain(`-- pasted-filter --language ${firstLanguage.id} --template ${lastTemplate.id}`);
  });

  it('asks in whole lines on a terminal that does not know its size', () => {
    const steps: Steps = [
      [language, keys.enter],
      [git, keys.enter],
    ];
    const { status } = type(makeFolder(), ['app', '-t', firstTemplate.id], steps, { columns: 0 });
    expect(status).toBe(0);
  });

  it('shows what a dry run would do in a box, and offers no git init', () => {
    const folder = makeFolder();
    const steps: Steps = [[language, keys.enter]];
    const { status, screen } = type(folder, ['app', '--dry-run', '-t', firstTemplate.id], steps);
    expect(status).toBe(0);
    const lines = show(screen, 100).at(-1) ?? [];
    const box = lines.slice(lines.findIndex((line) => line.startsWith('◇  Dry run ─')));
    expect(box.slice(0, box.indexOf('')).join('\n')).toMatch(
      /│ {2}Would create app: .* bytes\. +│\n│ +│\n╰─+╯$/,
    );
    expect(listAll(folder)).toEqual([]);
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
    ['the last', all.slice(0, 3)],
  ])('ends with 130 and writes nothing on Ctrl-C or Ctrl-D at %s', (_which, before: Steps) => {
    const question = questions[before.length] ?? '';
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
    expect(files.map((file) => basename(file).replace(/-.*/, ''))).toEqual(['bin.cjs', 'create', 'ui']);
    expect(builtins).toContain('readline');
  });
});

describe.each([40, 80, 200])('a terminal of %i columns', (columns) => {
  const wide = '日本語のフィルターを置くディレクトリ';
  const steps: Steps = [
    [name, `${wide}/ÜBER${wide}${keys.enter}`],
    ['uber', `${wide}${wide}/my-filter${keys.enter}`],
    [language, keys.enter],
    [context, lastContext],
    [git, keys.enter],
  ];

  it('shows every prompt within the frame, the hint of every choice, and the closing box in one piece', () => {
    const { status, screen } = type(makeFolder(), [], steps, { columns });
    expect(status).toBe(0);
    const states = show(screen, columns);
    const lines = states.at(-1) ?? [];
    const end = lines.findIndex((line) => line.startsWith('╰'));
    const framed = lines.slice(0, end + 1);
    for (const state of [...states.slice(0, -1), framed]) {
      expect(state.filter((line) => !/^[┌│◇◆▲└╰]/.test(line))).toEqual(state.at(-1) === '' ? [''] : []);
    }

    const read = (state: readonly string[]) => state.map((line) => line.slice(3)).join(' ');
    const texts = states.map((state) => read(state).replaceAll(/ +/g, ' '));
    for (const [choices, question] of [
      [languages, language],
      [contexts, context],
    ] as const) {
      const open = states.findIndex((state) => state.includes(`◆  ${question}`));
      for (const { label, hint } of choices) expect(texts[open]).toContain(`${label} (${hint})`);
    }
    const answered = read(framed).replaceAll(' ', '');
    for (const text of [`invalidname"ÜBER${wide}"`, `${wide}${wide}/my-filter`])
      expect(answered).toContain(text);

    const box = framed.slice(framed.findIndex((line) => line.startsWith('◇  Done')));
    expect(box.length).toBeGreaterThan(3);
    expect(new Set(box.map((line) => line.length)).size).toBe(1);
    expect(box.map((line) => line.at(-1)).join('')).toMatch(/^╮│+╯$/);

    const rest = lines.slice(end + 1).join('\n');
    expect(rest.replaceAll(/\n +# /g, ' ')).toContain(
      'make test      # unit tests, then the filter inside a real Envoy',
    );
    expect(rest.includes('# unit tests, then the\n                 # filter')).toBe(columns === 40);
  });
});
