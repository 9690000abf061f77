import { describe, expect, it } from 'vitest';
import { parseArgs } from '../../src/args.ts';
import { contexts } from '../../src/contexts.ts';
import { UsageError } from '../../src/errors.ts';
import { type Language, languages } from '../../src/languages/index.ts';
import { findDefault, templates } from '../../src/templates/index.ts';

const [language] = languages;
const last = languages.at(-1) ?? language;
const [context] = contexts;
const template = findDefault(context);
/** The list of ids in an error. */
const list = (entries: readonly { id: string }[]) =>
  entries
    .map(({ id }) => id)
    .join(', ')
    .replace(/, ([^,]*)$/, ' or $1');

/** The arguments that give these answers and the default template. */
function formatAnswers(directory: string, { id }: Language): string {
  return `${directory} --language ${id} --template ${template.id}`;
}

function refusal(argv: readonly string[], env = {}): UsageError {
  try {
    parseArgs(argv, env);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('parseArgs', () => {
  it('leaves everything undefined without arguments', () => {
    expect(parseArgs([], {})).toEqual({
      kind: 'create',
      flags: {
        directory: undefined,
        language: undefined,
        context: undefined,
        template: undefined,
        offline: false,
        yes: false,
        dryRun: false,
        json: false,
      },
    });
  });

  it.each([
    [['app', '--language', last.id, '--context', context.id, '--yes']],
    [['-l', last.id, '-c', context.id, '-y', 'app']],
    [[`--language=${last.id}`, 'app', `--context=${context.id}`, '--yes', '--verbose']],
  ])('reads %j', (argv) => {
    expect(parseArgs(argv, {})).toEqual({
      kind: 'create',
      flags: {
        directory: 'app',
        language: last,
        context,
        template: undefined,
        offline: false,
        yes: true,
        dryRun: false,
        json: false,
      },
    });
  });

  it.each([
    'user/repo',
    'user/repo/folder#v1',
    'gitlab:user/repo',
    'https://git.example.com/repo.git',
    '.',
    '..\\templates',
    '~',
    '/srv/template',
  ])('takes the template %s for a source', (source) => {
    expect(parseArgs(['-t', source], {})).toMatchObject({ flags: { template: undefined, source } });
  });

  it('takes no id of a template for a source', () => {
    for (const template of templates) {
      expect(parseArgs(['-t', template.id], {})).toMatchObject({ flags: { template, source: undefined } });
    }
  });

  it.each([
    ['--language', language.id],
    ['--context', context.id],
  ])('refuses %s with a remote template', (option, value) => {
    expect(refusal(['-t', 'user/repo', option, value])).toMatchObject({
      message: `${option} does not apply to the remote template "user/repo"`,
      hint: 'leave it out: the template itself determines its language and its context type',
    });
  });

  it('takes what follows "--" for a directory', () => {
    expect(parseArgs(['-l', language.id, '--', '-app'], {})).toMatchObject({
      flags: { directory: '-app', language },
    });
  });

  it.each([['--help'], ['-h'], ['--version'], ['-V']])('lets %s win over all else', (flag) => {
    const kind = flag.toLowerCase().includes('h') ? 'help' : 'version';
    expect(parseArgs(['one', 'two', '--language', 'go', flag], {})).toEqual({ kind });
  });

  it.each([
    ['--langage', '--language'],
    ['--lang', '--language'],
    ['--Yes', '--yes'],
    ['--verison', '--version'],
  ])('refuses %s and suggests %s', (typed, meant) => {
    expect(refusal(['app', typed])).toMatchObject({
      message: `unknown option ${typed}`,
      hint: expect.stringContaining(`did you mean ${meant}?`),
    });
  });

  it.each(['-x', '--force', '--__proto__', '--constructor'])('refuses %s and points to the help', (typed) => {
    expect(refusal([typed])).toMatchObject({
      message: `unknown option ${typed}`,
      hint: 'npm create envoy-filter -- --help lists all options',
    });
  });

  it.each(
    languages.flatMap(({ id }) => [
      [`${id}y`, id],
      [id.toUpperCase(), id],
      [id.slice(1), id],
    ]),
  )('refuses the language "%s" and suggests %s', (typed, meant) => {
    expect(refusal(['app', `--language=${typed}`])).toMatchObject({
      message: `unknown language "${typed}", expected ${list(languages)}`,
      hint: `try --language ${meant}`,
    });
  });

  it.each(['', '日本語'])('suggests one of the languages for "%s"', (typed) => {
    const [, meant] = refusal(['app', `--language=${typed}`]).hint?.match(/^try --language (.*)$/) ?? [];
    expect(languages.map(({ id }) => id)).toContain(meant);
  });

  it('refuses an unknown context type', () => {
    expect(refusal(['--context', `${context.id}x`])).toMatchObject({
      message: `unknown context "${context.id}x", expected ${list(contexts)}`,
      hint: `try --context ${context.id}`,
    });
  });

  it.each([[['--language']], [['--language', '--yes']], [['-l', '-y', 'app']]])(
    'refuses a language without a value: %j',
    (argv) => {
      expect(refusal(argv)).toMatchObject({
        message: expect.stringMatching(/^(--language|-l) needs a value$/),
        hint: expect.stringContaining(
          `npm create envoy-filter -- ${formatAnswers('my-envoy-filter', language)}`,
        ),
      });
    },
  );

  it('refuses an unknown template, and says what a remote one looks like', () => {
    expect(refusal(['--template', 'nothing'])).toMatchObject({
      message: `unknown template "nothing", expected ${list(templates)}`,
      hint: `try --template ${templates[0].id}, or a remote template: --template user/repo`,
    });
  });

  it('refuses a value where none belongs', () => {
    expect(refusal(['--yes=no'])).toMatchObject({ message: '--yes takes no value, not "no"' });
  });

  it('refuses a second directory and names them all', () => {
    expect(refusal(['my', 'filter'])).toMatchObject({
      message: 'expected one directory, got 2: "my", "filter"',
    });
  });
});

describe('parseArgs, where several words are left', () => {
  it('suggests the corrected command for a short option of which npm leaves only the value', () => {
    expect(refusal(['app', last.id])).toMatchObject({
      hint: expect.stringContaining(`npm create envoy-filter -- ${formatAnswers('app', last)}`),
    });
  });
});

describe('parseArgs with what prints only', () => {
  it.each([
    [['app', '--list'], '--list takes no directory'],
    [['--list', 'app', '--json'], '--list takes no directory'],
    [['app', '--completion', 'zsh'], '--completion takes no directory'],
  ])('refuses the directory in %j', (argv, message) => {
    expect(refusal(argv)).toMatchObject({ message, hint: 'leave out "app"', exitCode: 2 });
  });
});

describe('parseArgs with --completion', () => {
  it('reads the shell', () => {
    expect(parseArgs(['--completion', 'zsh'], {})).toEqual({ kind: 'completion', shell: { id: 'zsh' } });
  });

  it.each([
    [['--completion', 'fisch'], 'unknown shell "fisch", expected bash, zsh or fish', 'try --completion fish'],
    [['--completion'], '--completion needs a value', 'for example: --completion bash'],
  ])('refuses %j', (argv, message, hint) => {
    expect(refusal(argv)).toMatchObject({ message, hint });
  });
});
