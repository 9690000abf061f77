import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contexts } from '../../src/contexts.ts';
import { choicesText, helpText } from '../../src/help.ts';
import { languages } from '../../src/languages/index.ts';
import { defaults } from '../../src/project.ts';
import { templates } from '../../src/templates/index.ts';
import { listAll, makeFolder } from '../support/folder.ts';
import { runTool } from '../support/tool.ts';

const root = join(import.meta.dirname, '../..');
const { language, template } = defaults;
const [context] = contexts;
const all = ['--language', language.id, '--template', template.id];
const answers = all.join(' ');
const [reserved = ''] = language.reservedNames;

/** Runs the tool with invalid arguments. Returns the output, after checking that nothing was written. */
function refuse(args: readonly string[], env: NodeJS.ProcessEnv = {}, folder = makeFolder()) {
  const before = listAll(folder);
  const { status, stdout, stderr } = runTool(args, { cwd: folder, env });
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^error: .*\nhint: .*\n$/);
  expect(listAll(folder)).toEqual(before);
  return { status, stderr };
}

describe('create-envoy-filter', () => {
  it.each(['--help', '-h'])('prints the help text with %s', (flag) => {
    const { status, stdout, stderr } = runTool([flag], { cwd: root });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(`${helpText()}\n`);
  });

  it.each(['--version', '-V'])('prints its version with %s', (flag) => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(runTool([flag], { cwd: root })).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('prints with --list what there is to choose from', () => {
    const { status, stdout, stderr } = runTool(['--list'], { cwd: root });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(`${choicesText()}\n`);
    for (const { id, hint } of [...languages, ...contexts, ...templates]) {
      expect(stdout).toMatch(new RegExp(`^  ${id} +${hint}$`, 'm'));
    }
  });

  it.each([
    [['app', '--langage', language.id], 'unknown option --langage', 'did you mean --language?'],
    [
      ['app', '-l', `${language.id}x`],
      `unknown language "${language.id}x", expected `,
      `try --language ${language.id}`,
    ],
    [
      ['app', '-c', `${context.id}x`],
      `unknown context "${context.id}x", expected `,
      `try --context ${context.id}`,
    ],
    [['app', '-c', context.id, '--language'], '--language needs a value', `--language ${language.id}`],
    [['one', 'two', ...all], 'expected one directory, got 2: "one", "two"', 'needs quotes'],
    [['My App!', ...all], 'invalid name "My App!": a name is at most 50', '-- my-app'],
    [['a\x1b[2J', ...all], 'invalid directory "a\\x1b[2J": it contains control characters', '-- a-2-j'],
    [['a\n\u202eb/c', ...all], 'invalid directory "a\\x0a\\u{202e}b/c"', '-- c'],
    [['app', '-l', '\x07'], 'unknown language "\\x07"', 'try --language '],
    [['app', '--\x9b2J'], 'unknown option --\\x9b2J', '--help'],
    [
      [`filters/${reserved}`, ...all],
      `invalid name "${reserved}": it is reserved in ${language.label}`,
      `-- filters/${reserved}-filter`,
    ],
    [['', ...all], 'invalid name ""', '-- my-envoy-filter'],
    [[], 'missing a directory and --language and --template', `-- my-envoy-filter ${answers}`],
    [['app', '-l', language.id], 'missing --template', `-- app ${answers}`],
    [['-l', language.id, '-t', template.id], 'missing a directory', '--yes'],
  ])('rejects %j as wrong usage, and suggests a solution', (args, message, hint) => {
    const { status, stderr } = refuse(args);
    const [error, way] = stderr.split('\n');
    expect(error).toContain(message);
    expect(way).toContain(hint);
    expect(status).toBe(2);
  });

  it('explains what npm does with options before "--"', () => {
    const { status, stderr } = refuse(['app', language.id], { npm_config_language: 'true' });
    expect(status).toBe(2);
    expect(stderr).toBe(
      'error: npm kept --language for itself: options come after "--"\n' +
        `hint: npm create envoy-filter -- app ${answers}\n`,
    );
  });

  it('shows no control characters, even with --verbose', () => {
    const { stderr } = runTool(['a\x1b[2J', '--yes', '--verbose'], { cwd: makeFolder() });
    expect(stderr).toContain('at ');
    expect(stderr.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  it.each([
    ['pnpm/12.21.0 npm/? node/? linux x64', 'pnpm create envoy-filter'],
    ['yarn/4.18.1 npm/? node/v20.20.2 linux x64', 'yarn create envoy-filter'],
    ['yarn/1.22.22 npm/? node/v20.20.2 linux x64', 'yarn create envoy-filter'],
    ['bun/1.4.5 npm/? node/v26.3.0 linux x64', 'bun create envoy-filter'],
    ['npm/11.19.1 node/v20.20.2 linux x64 workspaces/false', 'npm create envoy-filter --'],
  ])('prints the commands of the package manager that started it: %s', (npm_config_user_agent, command) => {
    const env = { npm_config_user_agent };
    expect(refuse(['My App!', ...all], env).stderr).toContain(`\nhint: try ${command} my-app\n`);
    const help = runTool(['--help'], { cwd: root, env }).stdout;
    expect(help).toContain(`\n  ${command} my-envoy-filter ${answers}\n`);
    const { status, stdout } = runTool(['--', 'app', ...all], { cwd: makeFolder(), env });
    expect(status).toBe(0);
    const version = npm_config_user_agent.startsWith('yarn/1.') ? '' : '@\\d+\\.\\d+\\.\\d+';
    const [create, name, dashes = ''] = command.split(/ (?=envoy|--)/);
    expect(stdout).toMatch(new RegExp(`\n  ${create} ${name}${version} ${dashes} ?app ${answers}\n$`));
  });

  it('rejects a directory that is not empty, and lists what is in the way', () => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'app/src'), { recursive: true });
    writeFileSync(join(folder, 'app/README.md'), 'mine');
    const { status, stderr } = refuse(['app', ...all], {}, folder);
    expect(status).toBe(1);
    expect(stderr).toContain('error: cannot create "app": it is not empty: it contains src\n');
    expect(stderr).toContain('npm create envoy-filter -- app-2\n');
    expect(readFileSync(join(folder, 'app/README.md'), 'utf8')).toBe('mine');
  });

  it('checks the directory before it reports missing answers', () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'file'), '');
    const { status, stderr } = refuse(['file/app'], {}, folder);
    expect(status).toBe(1);
    expect(stderr).toContain('is not a directory');
  });

  it('says so if the files cannot be written', () => {
    const folder = makeFolder();
    // Too long for every file system, so the write fails even for root.
    const { status, stderr } = refuse([`new/${'x'.repeat(300)}/app`, ...all], {}, folder);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: cannot write ".*": E[A-Z]+: /);
    expect(stderr).toContain('hint: nothing was left behind');
  });
});
