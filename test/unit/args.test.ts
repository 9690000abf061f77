import { describe, expect, it } from 'vitest';
import { parseArgs } from '../../src/args.ts';
import { contexts } from '../../src/contexts.ts';
import { UsageError } from '../../src/errors.ts';
import { languages } from '../../src/languages/index.ts';

const [rust, assemblyscript] = languages;
const [http] = contexts;

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
        yes: false,
      },
    });
  });

  it.each([
    [['app', '--language', 'assemblyscript', '--context', 'http', '--yes']],
    [['-l', 'assemblyscript', '-c', 'http', '-y', 'app']],
    [['--language=assemblyscript', 'app', '--context=http', '--yes', '--verbose']],
  ])('reads %j', (argv) => {
    expect(parseArgs(argv, {})).toEqual({
      kind: 'create',
      flags: { directory: 'app', language: assemblyscript, context: http, template: undefined, yes: true },
    });
  });

  it('takes what follows "--" for a directory', () => {
    expect(parseArgs(['-l', 'rust', '--', '-app'], {})).toMatchObject({
      flags: { directory: '-app', language: rust },
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

  it.each([
    ['rusty', 'rust'],
    ['RUST', 'rust'],
    ['assembly', 'assemblyscript'],
    ['asemblyscript', 'assemblyscript'],
    ['go', 'rust'],
    ['', 'rust'],
  ])('refuses the language "%s" and suggests %s', (typed, meant) => {
    expect(refusal(['app', `--language=${typed}`])).toMatchObject({
      message: expect.stringMatching(`^unknown language "${typed}", expected rust(,| or) .*assemblyscript`),
      hint: `try --language ${meant}`,
    });
  });

  it('refuses an unknown context type', () => {
    expect(refusal(['--context', 'https'])).toMatchObject({
      message: 'unknown context "https", expected http, stream or root',
      hint: 'try --context http',
    });
  });

  it.each([[['--language']], [['--language', '--yes']], [['-l', '-y', 'app']]])(
    'refuses a language without a value: %j',
    (argv) => {
      expect(refusal(argv)).toMatchObject({
        message: expect.stringMatching(/^(--language|-l) needs a value$/),
        hint: expect.stringContaining(
          'npm create envoy-filter -- my-envoy-filter --language rust --template hello',
        ),
      });
    },
  );

  it('refuses a value where none belongs', () => {
    expect(refusal(['--yes=no'])).toMatchObject({ message: '--yes takes no value, not "no"' });
  });

  it('refuses a second directory and names them all', () => {
    expect(refusal(['my', 'filter'])).toMatchObject({
      message: 'expected one directory, got 2: "my", "filter"',
    });
  });
});

describe('parseArgs, where npm has swallowed options', () => {
  it.each([
    [['app', 'assemblyscript'], { npm_config_language: 'true' }],
    [['assemblyscript', 'app'], { npm_config_language: 'true' }],
    [['app'], { npm_config_language: 'assemblyscript' }],
    [['app', 'assemblyscript', 'http'], { npm_config_language: 'true', npm_config_context: 'true' }],
    [['app', 'http'], { npm_config_language: 'assemblyscript', npm_config_context: 'true' }],
  ])('explains "--" and suggests the corrected command for %j, %j', (argv, env) => {
    const { message, hint } = refusal(argv, env);
    expect(message).toContain('npm kept --language');
    expect(message).toContain('for itself: options come after "--"');
    expect(hint).toBe('npm create envoy-filter -- app --language assemblyscript --template hello');
  });

  it('suggests the corrected command for a short option, too, of which npm leaves only the value', () => {
    expect(refusal(['app', 'assemblyscript'])).toMatchObject({
      hint: expect.stringContaining(
        'npm create envoy-filter -- app --language assemblyscript --template hello',
      ),
    });
  });

  it("accepts an option that did arrive, whatever npm's configuration says", () => {
    expect(parseArgs(['app', '--language', 'rust'], { npm_config_language: 'true' })).toMatchObject({
      flags: { directory: 'app', language: rust },
    });
  });

  it("does not take npm's own --yes for ours", () => {
    expect(parseArgs(['app'], { npm_config_yes: 'true' })).toMatchObject({ flags: { yes: false } });
  });
});
