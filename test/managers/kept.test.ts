import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { languages } from '../../src/languages/index.ts';
import { templates } from '../../src/templates/index.ts';
import { listAll, makeFolder } from '../support/folder.ts';
import { openShell } from './support/manager.ts';

const [first, last] = [languages[0].id, languages.at(-1)?.id];
const [template, other] = [templates[0].id, templates.at(-1)?.id];
const notCached = 'error: "https://github.com/acme/x" is not in the cache';
const answers = `--language ${last} --template ${template}`;

describe.each(['npm-10', 'npm-11', 'npm-12'] as const)('%s', (name) => {
  const run = openShell(name, inject('registry'));

  it.each([
    [`app ${answers}`, '--language and --template', answers],
    [`app --language=${last}`, '--language', answers],
    [`app ${last} -t ${template}`, '-t', answers],
    [`-l ${last} app`, '-l', answers],
    [`app --json -- ${answers}`, '--json', `${answers} --json`],
    ['--list', '--list', undefined],
    [`app -t=${other}`, '-t', `--language ${first} --template ${other}`],
  ])('explains what it kept of: %s', async (args, kept, meant) => {
    const cwd = makeFolder();
    const { status, stderr } = await run(`npm create envoy-filter ${args}`, cwd);
    expect(listAll(cwd)).toEqual([]);
    if (name === 'npm-12' && !['-l', '--json'].includes(kept)) {
      expect({ status, stderr }).toMatchObject({ status: 1, stderr: /Unknown cli flag/ });
      return;
    }
    expect(status).toBe(2);
    expect(stderr).toContain(`error: npm kept ${kept} for itself: options come after "--"\n`);
    const [, hint = ''] = stderr.match(/^hint: (.*)$/m) ?? [];
    expect(hint).toBe(`npm create envoy-filter -- ${meant === undefined ? kept : `app ${meant}`}`);
    expect(await run(hint, cwd)).toMatchObject({ status: 0 });
  });

  it.each([`--dry-run -- app ${answers}`, `-- app ${answers} --dry-run`])(
    'writes nothing with: %s',
    async (args) => {
      const cwd = makeFolder();
      const { status, stdout } = await run(`npm create envoy-filter ${args}`, cwd);
      expect({ status, stdout }).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('Would create app'),
      });
      expect(listAll(cwd)).toEqual([]);
    },
  );

  it('writes nothing where an .npmrc says so', async () => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, '.npmrc'), 'dry-run=true\n');
    writeFileSync(join(cwd, 'package.json'), '{}');
    expect((await run(`npm create envoy-filter -- app ${answers}`, cwd)).stdout).toContain(
      'Would create app',
    );
    expect(listAll(cwd)).toEqual(['.npmrc', 'package.json']);
  });

  it('suggests the defaults where it kept --yes', async () => {
    const cwd = makeFolder();
    const { status, stderr } = await run('npm create envoy-filter app --yes', cwd);
    expect({ status, stderr }).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('missing --language and --template'),
    });
    const [, hint = ''] = stderr.match(/^hint: (.*) \(or --yes, which takes the defaults\)$/m) ?? [];
    expect(hint).toBe(`npm create envoy-filter -- app --language ${first} --template ${template}`);
    expect(await run(hint, cwd)).toMatchObject({ status: 0 });
  });

  it('takes remote templates from the cache alone with its --offline', async () => {
    const cwd = makeFolder();
    // Without this, npm's own cache could be empty.
    expect(await run('npm create envoy-filter -- --version', cwd)).toMatchObject({ status: 0 });
    const { status, stderr } = await run('npm create envoy-filter --offline -- app --template acme/x', cwd);
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining(notCached) });
  });

  it("shows an error's stack with npm's --verbose", async () => {
    const { status, stderr } = await run('npm create envoy-filter --verbose -- --yess', makeFolder());
    expect(status).toBe(2);
    expect(stderr).toMatch(/^ {4}at .*bin\.cjs/m);
  });

  it('runs as usual where an .npmrc has settings of these names', async () => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, 'package.json'), '{}');
    const settings = ['offline', 'yes', 'json', 'long', 'list', 'template', 't'];
    writeFileSync(join(cwd, '.npmrc'), settings.map((setting) => `${setting}=true\n`).join(''));
    mkdirSync(join(cwd, 'below'));
    const { status, stderr } = await run('npm create envoy-filter -- app --yes', join(cwd, 'below'));
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(listAll(join(cwd, 'below/app'))).toContain('Makefile');
  });
});

describe('pnpm-12', () => {
  const run = openShell('pnpm-12', inject('registry'));

  it('passes on --offline after "--"', async () => {
    const { status, stderr } = await run(
      'pnpm create envoy-filter app -- --template acme/x --offline',
      makeFolder(),
    );
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining(notCached) });
  });
});
