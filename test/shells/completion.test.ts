import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Completed, completionScript } from '../../src/completion/index.ts';
import { languages } from '../../src/languages/index.ts';
import { options } from '../../src/options.ts';
import { type Shell, shells } from '../../src/shells.ts';
import { templates } from '../../src/templates/index.ts';
import { makeFolder } from '../support/folder.ts';
import { cleanEnv, runTool } from '../support/tool.ts';

const [bash, zsh, fish] = shells as readonly [Shell, Shell, Shell];
const [language, template] = [languages[0], templates.at(-1) ?? templates[0]];
const command = 'create-envoy-filter';

/** Writes the script that the built command prints, and returns its path. */
function writePrinted(folder: string, { id }: Shell): string {
  const { status, stdout } = runTool(['--completion', id], { cwd: folder });
  expect(status).toBe(0);
  return writeScript(folder, stdout);
}

function writeScript(folder: string, text: string): string {
  const path = join(folder, 'script');
  writeFileSync(path, text);
  return path;
}

function run(folder: string, [program = '', ...args]: readonly string[]): string {
  const env = { ...cleanEnv(), HOME: folder, TERM: 'xterm' };
  const { error, status, stdout, stderr } = spawnSync(program, args, { cwd: folder, env, encoding: 'utf8' });
  if (error !== undefined || status !== 0) throw error ?? new Error(stderr);
  return stdout;
}

/** How an interactive shell starts. The command prints its arguments. */
const starts = {
  bash: ['--norc --noprofile -i', "bind 'set show-all-if-ambiguous on'; bind 'set bell-style none'"],
  zsh: ['-f -i', 'autoload -U compinit; compinit -u -D; setopt no_beep'],
};

/** Types at a shell that has read the script, until the text appears. Returns what is then on its screen. */
function type(shell: 'bash' | 'zsh', folder: string, script: string, keys: string, awaited: string): string {
  const [args = '', settings = ''] = starts[shell];
  const lines = [
    settings,
    `source '${script}'`,
    `${command}() { printf '<%s>' "$@"; echo; }`,
    "PS1='rea''dy> '",
  ];
  const steps = [
    ['', `${lines.join('; ')}\r`],
    ['ready> ', keys],
    [awaited, '\x15\rexit\r'],
  ];
  const terminal = join(import.meta.dirname, '../support/terminal.py');
  const output = run(folder, ['python3', terminal, JSON.stringify([200, steps]), shell, ...args.split(' ')]);
  return stripVTControlCharacters(JSON.parse(output).screen.split('ready> ').slice(1).join('ready> '));
}

/** What fish offers at the end of a line, and the descriptions. */
function completeInFish(folder: string, script: string, line: string): readonly string[] {
  const code = 'source $argv[1]; complete -C $argv[2]';
  return run(folder, ['fish', '--no-config', '-c', code, script, `${command} ${line}`])
    .split('\n')
    .slice(0, -1);
}

describe.each(shells.map((shell) => [shell.id, shell] as const))('the script for %s', (_id, shell) => {
  it('has no syntax errors', () => {
    const folder = makeFolder();
    expect(run(folder, [shell.id, '-n', writePrinted(folder, shell)])).toBe('');
  });
});

describe.each(['bash', 'zsh'] as const)('%s', (name) => {
  const shell = name === 'bash' ? bash : zsh;

  it.each([
    ['--verb\t', ['--verbose']],
    [`--language=${language.id.slice(0, 2)}\t`, [`--language=${language.id}`]],
    [
      `-l ${language.id.slice(0, 2)}\t-t ${template.id.slice(0, 2)}\t`,
      ['-l', language.id, '-t', template.id],
    ],
    ['--completion f\t', ['--completion', 'fish']],
    ['--template ./own\t', ['--template', './own-template']],
    ['wher\t', ['where']],
    ['--dry\t--li\t', ['--dry-run', '--list']],
  ])('completes %j', (keys, words) => {
    const folder = makeFolder();
    for (const directory of ['own-template', 'where']) mkdirSync(join(folder, directory));
    // Shells differ in the slash at the end of a directory.
    const printed = words
      .map((word) => `<${word}>`)
      .join('')
      .slice(0, -1);
    const script = writePrinted(folder, shell);
    expect(type(name, folder, script, `${command} ${keys}\r`, printed)).toContain(printed);
  });

  it('offers every language, template and option', () => {
    const folder = makeFolder();
    const script = writePrinted(folder, shell);
    const offered = (keys: string, awaited: string) =>
      type(name, folder, script, `${command} ${keys}\t`, awaited).match(/(?<![-\w])-{0,2}\w[-\w]*/g);
    expect(offered('--language ', languages.at(-1)?.id ?? '')).toEqual(
      expect.arrayContaining(languages.map(({ id }) => id)),
    );
    expect(offered('--template ', templates.at(-1)?.id ?? '')).toEqual(
      expect.arrayContaining(templates.map(({ id }) => id)),
    );
    expect(offered('--', '--yes')).toEqual(
      expect.arrayContaining(Object.keys(options).map((option) => `--${option}`)),
    );
  });
});

describe('zsh', () => {
  it('shows what options and values mean', () => {
    const folder = makeFolder();
    const script = writePrinted(folder, zsh);
    expect(type('zsh', folder, script, `${command} -t \t`, template.hint)).toMatch(
      new RegExp(`${template.id} +-- ${template.hint}`),
    );
    expect(type('zsh', folder, script, `${command} --\t`, options.yes.help)).toContain(
      options['dry-run'].help,
    );
  });

  it('reads the script as a file in $fpath, too', () => {
    const folder = makeFolder();
    const script = writePrinted(folder, zsh);
    writeFileSync(join(folder, `_${command}`), `${run(folder, ['cat', script])}`);
    const empty = join(folder, 'empty');
    writeFileSync(empty, `fpath=('${folder}' $fpath); compinit -u -D`);
    const printed = `<-l><${language.id}>`;
    const keys = `${command} -l ${language.id.slice(0, 2)}\t\r`;
    expect(type('zsh', folder, empty, keys, printed)).toContain(printed);
  });
});

describe('fish', () => {
  it.each([
    ['--language ', languages.map(({ id, hint }) => `${id}\t${hint}`)],
    ['-l ', languages.map(({ id, hint }) => `${id}\t${hint}`)],
    ['-t ', templates.map(({ id, hint }) => `${id}\t${hint}`)],
    ['--template=', templates.map(({ id, hint }) => `--template=${id}\t${hint}`)],
    ['--completion ', shells.map(({ id }) => `${id}\t${options.completion.help}`)],
    ['--', Object.entries(options).map(([name, { help }]) => `--${name}\t${help}`)],
  ])('offers what comes after %j, and what it means', (line, offered) => {
    const script = writePrinted(makeFolder(), fish);
    expect(completeInFish(makeFolder(), script, line)).toEqual(offered.toSorted());
  });

  it('offers directories', () => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'where'));
    const script = writePrinted(folder, fish);
    expect(completeInFish(folder, script, 'wh')).toEqual(['where/\tDirectory']);
    expect(completeInFish(folder, script, '--template ./wh')).toEqual(['./where/']);
  });
});

describe('descriptions with characters that shells interpret', () => {
  const odd: Completed = {
    name: 'odd',
    short: 'o',
    help: 'it\'s [odd]: "$(id)" `id` \\ $HOME',
    choices: [
      { id: 'first', hint: 'it\'s [odd]: "$(id)" `id` \\ $HOME' },
      { id: 'second', hint: 'plain' },
    ],
  };

  it.each(shells.map(({ id }) => id))('are no code of %s', (id) => {
    const folder = makeFolder();
    const path = writeScript(folder, completionScript({ id }, [odd]));
    expect(run(folder, [id, '-n', path])).toBe('');
  });

  it('are shown as they are', () => {
    const folder = makeFolder();
    const script = writeScript(folder, completionScript(fish, [odd]));
    expect(completeInFish(folder, script, '-o ')).toContain(`first\t${odd.help}`);
    expect(completeInFish(folder, script, '--o')).toEqual([`--odd\t${odd.help}`]);
    const zshFile = writeScript(folder, completionScript(zsh, [odd]));
    expect(type('zsh', folder, zshFile, `${command} -o \t`, 'plain')).toContain(`first   -- ${odd.help}`);
    expect(type('zsh', folder, zshFile, `${command} -\t`, 'HOME')).toContain(odd.help);
  });
});
