import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { version } from '../../package.json';
import { languages } from '../../src/languages/index.ts';
import { readTree } from '../../src/layers.ts';
import { templates } from '../../src/templates/index.ts';
import { makeFolder } from '../support/folder.ts';
import { runTool } from '../support/tool.ts';
import { managerNames, openShell } from './support/manager.ts';

const [language, template] = [languages.at(-1)?.id, templates[0].id];
const answers = `--language ${language} --template ${template}`;

/** The files of a project, as the tool creates it without a package manager. */
function createAlone(directory: string): ReadonlyMap<string, string> {
  const cwd = makeFolder();
  expect(runTool([directory, ...answers.split(' ')], { cwd }).status).toBe(0);
  return readTree(join(cwd, directory));
}

/** A word of a command line. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The commands of README.md that print nothing of their own. */
const quiet: Readonly<Record<string, string>> = {
  npm: 'npx --yes create-envoy-filter',
  pnpm: 'pnpm --silent create envoy-filter',
  'yarn-1': 'yarn create --silent envoy-filter',
  'yarn-4': 'yarn create --quiet envoy-filter',
  bun: 'bun create envoy-filter',
};

describe.each(managerNames)('%s', (name) => {
  const run = openShell(name, inject('registry'));
  const [manager = ''] = name.split('-');
  const dashes = manager === 'npm' ? ' --' : '';
  const create = `${manager} create envoy-filter`;

  it('creates a project, and the printed command creates the same', async () => {
    const directory = "it's a folder/my-filter";
    // Yarn 1 gives its arguments to a second shell.
    const word = name === 'yarn-1' ? quote(quote(directory)) : quote(directory);
    const [here, elsewhere] = [makeFolder(), makeFolder()];
    const { status, stdout, stderr } = await run(`${create}${dashes} ${word} ${answers}`, here);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const project = createAlone(directory);
    expect(readTree(join(here, directory))).toEqual(project);

    const [, again = ''] = stdout.match(/\n {2}(.* create envoy-filter.*)/) ?? [];
    const spec = name === 'yarn-1' ? create : `${create}@${version}`;
    expect(again).toBe(`${spec}${dashes} ${word} ${answers}`);
    expect(await run(again, elsewhere)).toMatchObject({ status: 0 });
    expect(readTree(join(elsewhere, directory))).toEqual(project);
  });

  it('passes on a failure and its hint, which works', async () => {
    const cwd = makeFolder();
    mkdirSync(join(cwd, 'app/src'), { recursive: true });
    const conflict = await run(`${create}${dashes} app ${answers}`, cwd);
    expect(conflict.status).toBe(1);
    const misuse = await run(`${create}${dashes} ap ${answers} --yess`, cwd);
    expect(misuse.status).toBe(2);
    expect(misuse.stderr).toContain(
      `hint: did you mean --yes? ${create}${dashes} --help lists all options\n`,
    );
    const help = await run(`${create}${dashes} --help`, cwd);
    expect(help).toMatchObject({ status: 0, stdout: expect.stringContaining(`  ${create}${dashes} my-`) });
  });

  it('takes options after "--", too', async () => {
    const cwd = makeFolder();
    const { status, stderr } = await run(`${create} app -- -l ${language} -t ${template}`, cwd);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(readTree(join(cwd, 'app'))).toEqual(createAlone('app'));
  });

  it('leaves stdout to --json', async () => {
    const line = quiet[name] ?? quiet[manager];
    const succeeded = await run(`${line} app ${answers} --json`, makeFolder());
    expect(JSON.parse(succeeded.stdout)).toMatchObject({ ok: true, exitCode: 0 });
    const failed = await run(`${line} app --yess --json`, makeFolder());
    expect(JSON.parse(failed.stdout)).toMatchObject({ ok: false, exitCode: 2 });
  });
});
