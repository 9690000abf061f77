import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { languages } from '../../src/languages/index.ts';
import { Repository } from '../remote/repository.ts';
import { runToEnd } from '../support/command.ts';
import { readCommands } from './support/readme.ts';

const rows = languages.map((language) => [language.label, language] as const);

/** The commands of a section of this tool's README, with the installed command in place of `npm create`. */
function readSection(heading: string): readonly string[] {
  const sections = readFileSync('README.md', 'utf8').split(/^## /m);
  const section = sections.find((text) => text.startsWith(`${heading}\n`)) ?? expect.unreachable();
  return readCommands(section).map((command) =>
    command.replace(/npm create envoy-filter@latest (\S+)( --)?/, `'${inject('bin')}' $1`),
  );
}

describe.each(rows)('a template of your own in %s', (_label, language) => {
  let scratch: string;
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'create-envoy-filter-template-'));
  });
  afterAll(() => rm(scratch, { recursive: true }));

  it('is created and checked by the commands of README.md', async () => {
    const [, create = '', ...check] = readSection('Templates of your own');
    await runToEnd(['sh', '-c', `${create} --language ${language.id} --yes`], { cwd: scratch });
    const repository = new Repository(join(scratch, 'envoy-filter-name'));
    repository.git('add', '.');
    repository.git('commit', '--quiet', '--message=template');
    expect(check).toHaveLength(2);
    for (const command of check) await runToEnd(['sh', '-c', command], { cwd: repository.folder });
  });
});
