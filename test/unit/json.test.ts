import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { version } from '../../package.json';
import { run, type World } from '../../src/cli.ts';
import { contexts } from '../../src/contexts.ts';
import { exitCodes } from '../../src/errors.ts';
import { helpText } from '../../src/help.ts';
import { toJson } from '../../src/json.ts';
import { languages } from '../../src/languages/index.ts';
import { defaults } from '../../src/project.ts';
import { UnreachableError } from '../../src/remote/errors.ts';
import { templates } from '../../src/templates/index.ts';
import { anyArgv } from '../support/argv.ts';
import { listAll, makeFolder } from '../support/folder.ts';
import { generate } from '../support/generate.ts';
import { type Output, parseOutput, schema } from '../support/output.ts';
import { listPairs } from '../support/pairs.ts';
import { createWorld } from '../support/world.ts';

const { language, template } = defaults;
const all = ['--language', language.id, '--template', template.id];

/** Runs the tool with `--json`, unless the arguments have it. Returns what it prints, after checking it. */
async function runJson(argv: readonly string[], given: Partial<World> = {}) {
  const isGiven = argv.some((arg) => arg.startsWith('--json'));
  const { world, told, complained } = createWorld({
    argv: isGiven ? argv : ['--json', ...argv],
    ...given,
  });
  const exitCode = await run(world);
  const output: Output = parseOutput(told());
  expect(output.exitCode).toBe(exitCode);
  expect(output.ok).toBe(exitCode === 0);
  return { output, stderr: complained(), cwd: world.cwd };
}

function asTerminal<T extends object>(stream: T) {
  return Object.assign(stream, { isTTY: true, setRawMode: () => {} });
}

describe('--json', () => {
  it.each(listPairs())('describes a new project in %s, %s', async (_language, _template, pair) => {
    const [language, template] = [pair.language.id, pair.template.id];
    const { output, stderr, cwd } = await runJson([
      'a b/my-filter',
      '--language',
      language,
      '--template',
      template,
    ]);
    const tree = [...generate(pair, version).tree];
    expect(output).toEqual({
      schemaVersion: 1,
      kind: 'created',
      ok: true,
      exitCode: 0,
      version,
      path: join(cwd, 'a b/my-filter'),
      name: 'my-filter',
      language,
      context: pair.template.context.id,
      template,
      commit: null,
      files: tree.map(([path, text]) => ({ path, size: Buffer.byteLength(text) })),
      kept: [],
      renamed: [],
      next: ['cd "a b/my-filter"', 'make test', 'make deploy', pair.template.tries[0].command],
      repeat: `npm create envoy-filter@${version} -- "a b/my-filter" --language ${language} --template ${template}`,
    });
    expect(stderr).toBe('');
    expect(listAll(cwd)).toContain(join('a b', 'my-filter', 'Makefile'));
  });

  it('lists what there is to choose from', async () => {
    const { output } = await runJson(['--list']);
    const ids = (field: string) => (output[field] as { id: string }[]).map(({ id }) => id);
    expect(ids('languages')).toEqual(languages.map(({ id }) => id));
    expect(ids('contexts')).toEqual(contexts.map(({ id }) => id));
    expect(output.templates).toEqual(
      templates.map(({ id, label, hint, context }) => ({ id, label, hint, context: context.id })),
    );
  });

  it('has the help text, the version, and the script for a shell', async () => {
    const { output } = await runJson(['--completion', 'fish']);
    expect(output).toMatchObject({
      kind: 'completion',
      text: expect.stringContaining('\ncomplete -c '),
    });
    expect((await runJson(['--help'])).output).toMatchObject({ kind: 'help', text: helpText() });
    expect((await runJson(['--version'])).output).toMatchObject({ kind: 'version', version });
  });

  it.each([
    [['app', '--nonsense'], 2, 'usage', 'unknown option --nonsense'],
    [['app', ...all, '--json=yes'], 2, 'usage', '--json takes no value, not "yes"'],
    [['app', '--language'], 2, 'usage', '--language needs a value'],
    [['one', 'two'], 2, 'usage', 'expected one directory, got 2: "one", "two"'],
    [['My App', ...all], 2, 'usage', 'invalid name "My App"'],
    [['full', ...all], 1, 'conflict', 'cannot create "full"'],
    [[`${'x'.repeat(300)}/app`, ...all], 1, 'write', 'cannot write'],
  ])('describes an error, and stderr shows it, too: %j', async (argv, exitCode, kind, message) => {
    const cwd = makeFolder();
    mkdirSync(join(cwd, 'full'));
    writeFileSync(join(cwd, 'full/mine'), '');
    const { output, stderr } = await runJson(argv, { cwd });
    expect(output).toMatchObject({ kind: 'failed', exitCode, error: { kind } });
    expect(output.error.message).toContain(message);
    expect(stderr).toBe(`error: ${output.error.message}\nhint: ${output.error.hint}\n`);
  });

  it('describes a project from a remote template, and a template that is none', async () => {
    const cwd = makeFolder();
    mkdirSync(join(cwd, 'theirs'));
    const argv = ['my-filter', '--template', './theirs'];
    const { output: failed } = await runJson(argv, { cwd });
    expect(failed).toMatchObject({ exitCode: 1, error: { kind: 'template' } });
    writeFileSync(join(cwd, 'theirs/Makefile'), '# envoy-filter-name\n');
    writeFileSync(join(cwd, 'theirs/bytes'), Buffer.of(0xff, 0, 0xfe));
    const { output } = await runJson(argv, { cwd });
    const unknown = { language: null, context: null, commit: null };
    expect(output).toMatchObject({ ...unknown, template: './theirs' });
    expect(output.files).toEqual([
      { path: '.create-envoy-filter.json', size: expect.any(Number) },
      { path: 'Makefile', size: '# my-filter\n'.length },
      { path: 'bytes', size: 3 },
    ]);
  });

  it('distinguishes a host that does not answer: a script can try again', () => {
    const error = new UnreachableError('cannot download https://example.com', 'try again later');
    const { exitCode, error: described } = parseOutput(toJson({ kind: 'failed', error }, undefined));
    expect([exitCode, described.kind]).toEqual([1, 'unreachable']);
  });

  it('says what was there before', async () => {
    const cwd = makeFolder();
    mkdirSync(join(cwd, 'app/.vscode'), { recursive: true });
    for (const file of ['README.md', 'LICENSE']) writeFileSync(join(cwd, 'app', file), 'mine');
    const { output } = await runJson(['app', ...all], { cwd });
    expect(output).toMatchObject({ kept: ['.vscode', 'LICENSE', 'README.md'], renamed: ['README.md.new'] });
    const paths = output.files.map(({ path }) => path);
    expect(paths).toContain('README.md.new');
    expect(paths).not.toContain('README.md');
  });

  it('names everything that is in the way', async () => {
    const cwd = makeFolder();
    for (const name of ['c', 'a', 'b', 'd', 'e']) mkdirSync(join(cwd, 'app', name), { recursive: true });
    const { output } = await runJson(['app', '--yes'], { cwd });
    expect(output.error.inTheWay).toEqual(['a', 'b', 'c', 'd', 'e'].map((name) => join(cwd, 'app', name)));
    writeFileSync(join(cwd, 'file'), '');
    const { output: inFile } = await runJson(['file/app', '--yes'], { cwd });
    expect(inFile.error.inTheWay).toEqual([join(cwd, 'file')]);
  });

  it('never prompts, even on a terminal', async () => {
    const [stdin, stdout] = [asTerminal(new PassThrough()), asTerminal(new PassThrough())];
    expect(await run(createWorld({ argv: ['--json'], stdin, stdout }).world)).toBe(2);
    const output = parseOutput(String(stdout.read()));
    expect(output.error.message).toBe(
      'missing a directory and --language and --template: --json does not prompt',
    );
  });

  it('describes a run that was stopped', async () => {
    const stop = new AbortController();
    const { world, told } = createWorld({ argv: ['app', '--yes', '--json'], signal: stop.signal });
    const end = run(world);
    stop.abort();
    expect(await end).toBe(130);
    expect(parseOutput(told())).toMatchObject({ exitCode: 130, error: { kind: 'cancelled', hint: null } });
  });

  it('describes a bug of the tool, also one that has stopped the run', async () => {
    const stop = new AbortController();
    const { world, told, complained } = createWorld({ argv: ['a', '--yes', '--json'], signal: stop.signal });
    const end = run(world);
    stop.abort(new TypeError('x is not a function'));
    expect(await end).toBe(1);
    const error = { kind: 'internal', message: 'unexpected: x is not a function' };
    expect(parseOutput(told())).toMatchObject({ exitCode: 1, error });
    expect(complained()).toContain('error: unexpected: x is not a function');
    expect(listAll(world.cwd)).toEqual([]);
  });

  it('always has its fields in the same order', async () => {
    const order = Object.keys(schema.properties);
    const { output } = await runJson(['app', ...all]);
    expect(Object.keys(output)).toEqual([...order, ...Object.keys(schema.$defs.project.properties)]);
    const { output: failed } = await runJson(['--nonsense']);
    expect(Object.keys(failed)).toEqual([...order, 'error']);
    expect(Object.keys(failed.error)).toEqual(Object.keys(schema.$defs.error.properties));
  });

  it('has commands for the package manager, and leaves paths as they are', async () => {
    const cwd = join(makeFolder(), 'npm create envoy-filter -- x');
    mkdirSync(cwd);
    const env = { npm_config_user_agent: 'pnpm/12.21.0 npm/? node/? linux x64' };
    const { output } = await runJson(['app', ...all], { cwd, env });
    expect(output.path).toBe(join(cwd, 'app'));
    expect(output.repeat).toMatch(/^pnpm create envoy-filter@\S+ app /);
    const { output: failed } = await runJson(['My App', ...all], { cwd, env });
    expect(failed.error.hint).toBe('try pnpm create envoy-filter my-app');
  });

  it('escapes all but ASCII', async () => {
    const cwd = join(makeFolder(), 'ü\u2028\u009b\u{1f600}');
    mkdirSync(cwd);
    expect((await runJson(['app', '--yes'], { cwd })).output.path).toBe(join(cwd, 'app'));
  });

  it('is a directory after "--"', async () => {
    for (const before of [[], ['--yes']]) {
      const { world, told } = createWorld({ argv: [...before, '--', '--json'] });
      expect(await run(world)).toBe(2);
      expect(told()).toBe('');
    }
  });

  it('has the exit codes that the help text lists', () => {
    expect(schema.properties.exitCode.enum).toEqual(Object.values(exitCodes));
    for (const [meaning, code] of Object.entries(exitCodes)) {
      expect(helpText()).toContain(`${code} ${meaning}`);
    }
  });

  it('prints one valid object for any command line, with its exit code', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(anyArgv, fc.constantFrom({}, { npm_config_language: 'true' }), async (argv, env) => {
        const cwd = makeFolder();
        mkdirSync(join(cwd, 'full'));
        writeFileSync(join(cwd, 'full/mine'), 'mine');
        const { world, told } = createWorld({ argv, cwd, env });
        const exitCode = await run(world);
        const output = parseOutput(told());
        expect(output.exitCode).toBe(exitCode);
        expect(output.ok).toBe(exitCode === 0);
        expect(output.error?.kind).not.toBe('internal');
        seen.add(`${output.kind} ${output.error?.kind ?? ''}`.trim());
      }),
      { numRuns: 250 },
    );
    expect([...seen].toSorted()).toEqual([
      'completion',
      'created',
      'dry-run',
      'dry-run conflict',
      'failed conflict',
      'failed template',
      'failed usage',
      'failed write',
      'help',
      'list',
      'version',
    ]);
  });
});
