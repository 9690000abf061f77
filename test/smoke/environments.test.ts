import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { languages } from '../../src/languages/index.ts';
import { templates } from '../../src/templates/index.ts';
import { runToEnd, type Surroundings, tryToRun } from '../support/command.ts';
import { environments } from './environments.ts';
import { importLanguage } from './support/entries.ts';
import type { Environment } from './support/environment.ts';
import { Project } from './support/project.ts';

const name = 'my-filter';

const rows = await Promise.all(
  languages.map(async (language) => [language.label, language, await importLanguage(language)] as const),
);
describe.each(rows)('a %s project works', (_, language, knowledge) => {
  let scratch: string;
  let generated: Project;
  let files: string;

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'create-envoy-filter-environments-'));
    generated = await Project.create(language, templates[0], name);
    files = join(scratch, 'files');
    await writeFile(files, [...(await generated.sources()).keys(), ''].join('\n'));
  });
  afterAll(async () => {
    await generated.remove();
    await rm(scratch, { recursive: true });
  });

  // Each has a project of its own.
  it.concurrent.each(
    [...environments, ...knowledge.environments].map(
      (environment) => [environment.title, environment] as const,
    ),
  )('%s', async (_, environment) => {
    const top = await mkdtemp(join(scratch, 'top-'));
    const project = await put(generated, top, environment);
    const env = { ...process.env, TOP: top, PROJECT: project, FILES: files };
    const shell = (script: string) => runToEnd(['sh', '-e', '-c', script], { cwd: top, env });

    await shell(environment.before ?? '');
    const where = { cwd: project, env: { ...env, ...environment.env?.({ top, project, knowledge }) } };
    await expectToWork(where, environment.canBeRefused ? knowledge.pathError : undefined);
    await shell(environment.after ?? '');
  });
});

/** Copies the project into its folder, and writes the files around it. Returns the folder. */
async function put(generated: Project, top: string, { folder, files }: Environment): Promise<string> {
  const project = join(top, folder ?? 'filters', name);
  for (const [path, text] of Object.entries(files ?? {})) {
    await mkdir(dirname(join(top, path)), { recursive: true });
    await writeFile(join(top, path), text);
  }
  await mkdir(dirname(project), { recursive: true });
  await runToEnd(['cp', '-a', generated.directory, project], { cwd: top });
  // Everything that belongs to the project itself is rebuilt.
  await runToEnd(['touch', ...(await generated.sources()).keys()], { cwd: project });
  return project;
}

/** Runs the targets that show that a project works, or that it fails with this error. */
async function expectToWork(where: Surroundings, error: RegExp | undefined): Promise<void> {
  const command = ['make', 'lint', 'build', 'check', 'test'] as const;
  if (error === undefined) {
    await runToEnd(command, where);
  } else {
    expect(await tryToRun(command, where)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(error),
    });
  }
}
