import { cp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { languages } from '../../../../src/languages/index.ts';
import { hello } from '../../../../src/templates/hello.ts';
import { tryToRun } from '../../../support/command.ts';
import { importPair } from '../../support/entries.ts';
import { Project } from '../../support/project.ts';
import type { HelloKnowledge } from './knowledge.ts';

/** An address where nobody listens. */
const proxy = 'http://127.0.0.1:1';
const proxies = { http_proxy: proxy, HTTP_PROXY: proxy, ALL_PROXY: proxy, no_proxy: '', NO_PROXY: '' };

const rows = await Promise.all(
  languages.map(async (language) => {
    const { dialect } = await importPair<HelloKnowledge>(language, hello);
    return { label: language.label, language, dialect };
  }),
);

describe.each(rows)('a filter in $label', ({ language, dialect }) => {
  const { glue, filter, envoyTests } = language.files;
  const fixtures = `test/smoke/languages/${language.id}/fixtures`;
  const originals = new Map<string, string>();
  let project: Project;

  beforeAll(async () => {
    project = await Project.create(language, hello);
  });
  afterAll(() => project.remove());
  afterEach(async () => {
    for (const [path, text] of originals) await writeFile(join(project.directory, path), text);
    originals.clear();
  });

  /** Changes a file until the test ends. */
  async function change(path: string, edit: (text: string) => string): Promise<void> {
    const text = await project.read(path);
    originals.set(path, text);
    await writeFile(join(project.directory, path), edit(text));
  }

  const nameTest = (words: string) => words.replaceAll(' ', dialect.separator);

  /** Runs one test. Returns how make ended and its output. */
  async function runTest(words: string, env: NodeJS.ProcessEnv = {}) {
    const { status, stdout, stderr } = await project.make(['test', `TEST=${nameTest(words)}`], env);
    return { status, output: `${stdout}${stderr}` };
  }

  async function lint() {
    const { status, stdout, stderr } = await project.make(['lint']);
    return { status, output: `${stdout}${stderr}` };
  }

  describe('whose test support', () => {
    beforeAll(() => cp(fixtures, project.directory, { recursive: true }));
    afterAll(async () => {
      const files = await readdir(fixtures, { recursive: true });
      const tests = files.filter((file) => file.includes('helpers.'));
      await Promise.all(tests.map((file) => rm(join(project.directory, file))));
    });

    it.each([
      ['helper names a stat that is missing'],
      ['helper sets the source address'],
      ['helper programs an upstream'],
      ['helper sends any bytes'],
      ['helper passes trailers'],
      ['helper breaks off and resets'],
      ['helper crashes in a callback that the filter does not have'],
    ])('passes its own test: %s', async (words) => {
      const { status, output } = await runTest(words);
      expect(output).toContain(dialect.passed(nameTest(words)));
      expect(status).toBe(0);
    });

    it('ignores a proxy', async () => {
      const { status, output } = await runTest('adds the header', { ...proxies, NODE_USE_ENV_PROXY: '1' });
      expect(output).toContain(dialect.passed(nameTest('adds the header')));
      expect(status).toBe(0);
    });

    it('shows the log of Envoy and the filter only if a test fails', async () => {
      await change(glue, dialect.crash);
      const { status, output } = await runTest('adds the header');
      expect(output).toMatch(/Envoy has logged:\n.*kaboom/s);
      expect(status).toBe(2);
      const passed = await runTest('helper shows what the filter has logged');
      expect(passed.output).not.toContain('Envoy has logged:');
      expect(passed.status).toBe(0);
    });

    it('stops waiting after a time-out', async () => {
      await change(...dialect.impatience);
      const { status, output } = await runTest('helper does not wait for ever');
      expect(output).toMatch(/test timed out|Timeout\(Global\)/);
      expect(output).toMatch(/nothing has come for half a minute|WouldBlock/);
      expect(output).toContain('Envoy has logged:');
      expect(status).toBe(2);
    });
  });

  it.each([['adds the header'], ['greets from the authority']])(
    'can be tested by `%s` only',
    async (words) => {
      const { status, output } = await runTest(words);
      expect(output).toContain(dialect.passed(nameTest(words)));
      expect(output).not.toContain(dialect.passed(nameTest('takes the greeting from the configuration')));
      expect(status).toBe(0);
    },
  );

  it('fails `make test` if no test has the name', async () => {
    const { status, output } = await runTest("adds (the) header's");
    expect(output).toContain(`error: no test has '${nameTest("adds (the) header's")}' in its name`);
    expect(status).toBe(2);
  });

  it('ignores TEST in the environment', async () => {
    const dryRun = (env: NodeJS.ProcessEnv) => project.make(['--dry-run', '-o', 'build', 'test'], env);
    expect(await dryRun({ TEST: 'nonsense' })).toEqual(await dryRun({}));
  });

  it('fails its tests if the module is missing or older than its sources', async () => {
    expect((await runTest('adds the header')).status).toBe(0);
    const touch = (time: number) => utimes(join(project.directory, filter), time, time);
    await touch(Date.now() / 1_000 + 60);
    for (const runner of dialect.runners) {
      const { status, stdout, stderr } = await tryToRun(runner, project.surroundings());
      expect(`${stdout}${stderr}`).toMatch(
        new RegExp(`build/\\S+ is older than ${filter}.*: run \`make build\``),
      );
      expect(status).toBeGreaterThan(0);
    }
    await touch(Date.now() / 1_000);
    await rm(join(project.directory, 'build/plugin.wasm'));
    const [runner = ['false']] = dialect.runners;
    const { stdout, stderr } = await tryToRun(runner, project.surroundings());
    expect(`${stdout}${stderr}`).toContain('there is no build/plugin.wasm: run `make build`');
  });

  it('passes `make lint` with tests that use little of the test support', async () => {
    await change(envoyTests, () => dialect.leanTests);
    const { status, output } = await lint();
    expect(status, output).toBe(0);
  });

  it('passes `make lint` with unit tests that may crash', async () => {
    await change(...dialect.crashInTest);
    const { status, output } = await lint();
    expect(status, output).toBe(0);
  });

  it.each(dialect.crashes)('fails `make lint` with `%s`', async (line, complaint) => {
    await change(filter, dialect.insert(line));
    const { status, output } = await lint();
    expect(output).toContain(complaint);
    expect(status).toBe(2);
  });
});
