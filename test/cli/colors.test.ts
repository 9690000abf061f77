import { describe, expect, it } from 'vitest';
import { languages } from '../../src/languages/index.ts';
import { templates } from '../../src/templates/index.ts';
import { makeFolder } from '../support/folder.ts';
import { keys, runOnTerminal, type Steps } from '../support/terminal.ts';
import { asModule, bin, runTool } from '../support/tool.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: what sets a colour, or ends it, begins with one.
const color = /\x1b\[[\d;]*m/;
const answers = ['-l', languages[0].id, '-t', templates[0].id];
const prompts: Steps = [
  ['Name of the filter', `No name${keys.enter}`],
  ['o-name', keys.enter],
  ['Run git init?', keys.enter],
];
/** What a terminal shows: the arguments, and the steps. */
const runs = [
  ['prompts', answers, prompts],
  ['a new project', ['app', ...answers], []],
  ['an error', ['--nonsense'], []],
] as const;
/** Older versions of Node do not look at the terminal or NO_COLOR. */
const olderNode = asModule(`
  import util from 'node:util';
  import { syncBuiltinESMExports } from 'node:module';
  const { styleText } = util;
  util.styleText = (format, text) => styleText(format, text, { validateStream: false });
  syncBuiltinESMExports();`);

function show(args: readonly string[], steps: Steps, env: NodeJS.ProcessEnv): string {
  const command = [process.execPath, '--import', olderNode, bin, ...args];
  return runOnTerminal(makeFolder(), command, steps, { env }).screen;
}

describe.each(runs)('the colours of %s', (_what, args, steps) => {
  it('are there on a terminal', () => {
    expect(show(args, steps, {})).toMatch(color);
  });

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }, { FORCE_COLOR: '0' }])('are not there with %j', (env) => {
    const screen = show(args, steps, env);
    expect(screen).toMatch(args[0] === '--nonsense' ? /error: .*\r\nhint: / : /Created /);
    expect(screen).not.toMatch(color);
  });
});

describe('the colours of output that is not a terminal', () => {
  it('are never there with --json', () => {
    const env = { FORCE_COLOR: '1' };
    const { stdout, stderr } = runTool(['--json', '--nonsense'], { cwd: makeFolder(), env });
    expect(stderr).toMatch(/^error: .*\nhint: /);
    expect(stdout + stderr).not.toMatch(color);
  });

  it.each(runs.slice(1))('are there only with FORCE_COLOR: %s', (_what, args) => {
    const run = (env: NodeJS.ProcessEnv) => {
      const { stdout, stderr } = runTool(args, { cwd: makeFolder(), env: { TERM: 'xterm', ...env } });
      return stdout + stderr;
    };
    expect(run({})).not.toMatch(color);
    expect(run({ FORCE_COLOR: '1' })).toMatch(color);
    expect(run({ FORCE_COLOR: '1' }).replaceAll(new RegExp(color, 'g'), '')).toBe(run({}));
  });
});
