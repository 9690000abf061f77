import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { languages } from '../../src/languages/index.ts';
import { templates } from '../../src/templates/index.ts';
import { runToEnd, tryToRun } from '../support/command.ts';
import { withGuardedRegistry } from '../support/registry.ts';
import { listWorkflows, readWorkflow } from '../support/workflow.ts';
import { importLanguage } from './support/entries.ts';
import { Project } from './support/project.ts';
import { isTrue, type Runner, runJob } from './support/runner.ts';

const [template] = templates;
const root = join(import.meta.dirname, '../..');

it('the workflows of this repository are valid', () => expectAccepted(root));

// A workflow depends on the language, not on the template.
const rows = await Promise.all(
  languages.map(async (language) => [language.label, language, await importLanguage(language)] as const),
);
describe.each(rows)('the workflow of a generated %s project', (_, language, { lockFile }) => {
  const token = 'the-token';
  let project: Project;
  let scratch: string;
  let runner: Runner;

  beforeAll(async () => {
    project = await Project.create(language, template);
    scratch = await mkdtemp(join(tmpdir(), 'create-envoy-filter-scratch-'));
    await commit(project.directory);
    runner = {
      workflow: readWorkflow(await project.read('.github/workflows/ci.yml')),
      repository: project.directory,
      scratch,
      github: {
        actor: 'somebody',
        repository_owner: 'Some-Owner',
        ref_type: 'tag',
        ref_name: 'v0.1.0',
        token,
      },
      env: { DOCKER_CONFIG: join(scratch, 'docker') },
    };
  });
  const buildImage = once(() => runJob(runner, 'image'));
  afterAll(async () => {
    await project.remove();
    await rm(scratch, { recursive: true });
  });

  it('is valid', () => expectAccepted(project.directory));

  it('tests a branch, and shows the size of the module', async () => {
    const github = { ...runner.github, ref_type: 'branch', ref_name: 'main' };
    const { ran, summary } = await runJob({ ...runner, github }, 'test');
    expect(ran.filter(({ status }) => status !== 0)).toEqual([]);
    const made = ran.flatMap(({ run }) => run.match(/^make.* (lint|check|test|size)/)?.[1] ?? []);
    expect(made).toEqual(['lint', 'check', 'test', 'size']);
    expect(summary).toMatch(/^build\/plugin\.wasm: [1-9]\d{3,} bytes\n$/);
  });

  it('publishes only tags, and only after the tests', () => {
    const { image, publish } = runner.workflow.jobs;
    expect([image?.needs, publish?.needs]).toEqual(['test', 'image']);
    for (const job of [image, publish]) {
      const runs = (type: string) => isTrue(job?.if, new Map([['github.ref_type', type]]));
      expect(['tag', 'branch'].map(runs)).toEqual([true, false]);
    }
  });

  it('rejects a tag that is not the version, before anything else', async () => {
    const github = { ...runner.github, ref_name: 'v0.2.0' };
    const { ran } = await runJob({ ...runner, github }, 'test');
    expect(ran).toEqual([
      expect.objectContaining({
        status: 1,
        stdout: '::error::The tag is v0.2.0, but this is version 0.1.0.\n',
      }),
    ]);
  });

  it('accepts the tag that is the version', async () => {
    const [compare] = runner.workflow.jobs.test?.steps.filter(({ run }) => run !== undefined) ?? [];
    const workflow = { jobs: { test: { steps: [compare ?? {}] } } };
    expect((await runJob({ ...runner, workflow }, 'test')).ran).toEqual([
      expect.objectContaining({ status: 0, stdout: '' }),
    ]);
  });

  it('builds the image', async () => {
    const { ran } = await buildImage();
    expect(ran.filter(({ status }) => status !== 0)).toEqual([]);
  });

  it('fails if the lock file is outdated, which an everyday command fixes', async () => {
    const { file, change, update } = lockFile;
    const { clone } = await buildImage();
    await writeFile(join(clone, file), change(await project.read(file)));
    await commit(clone);
    for (const job of ['test', 'image']) {
      const github = { ...runner.github, ref_type: 'branch' };
      const { ran } = await runJob({ ...runner, github, repository: clone }, job);
      expect(ran).toEqual([expect.objectContaining({ stderr: expect.stringMatching(/lock file/) })]);
      expect(ran[0]?.status).not.toBe(0);
    }
    await runToEnd(['sh', '-c', update], { cwd: clone });
    const changed = await runToEnd(['git', 'diff', '--name-only'], { cwd: clone });
    expect(changed.stdout).toMatch(/^\S+\Wlock\S*\n$/);
  });

  it('publishes the image without building it, and attests it by its digest in the registry', async () => {
    const { ran: built } = await buildImage();
    await withGuardedRegistry(['somebody', token], async (REGISTRY) => {
      const env = { ...runner.env, REGISTRY };
      const { clone, ran, actions, summary } = await runJob({ ...runner, env }, 'publish');
      expect(ran.filter(({ status }) => status !== 0)).toEqual([]);
      const made = await runToEnd(['git', 'status', '--porcelain', '--ignored'], { cwd: clone });
      expect(made.stdout).toBe('!! .images/\n');
      const name = `${REGISTRY}/some-owner/smoke-${language.id}-${template.id}`;
      const where = { cwd: scratch, env: { ...process.env, ...env } };
      const digest = (await runToEnd(['crane', 'digest', `${name}:0.1.0`], where)).stdout.trim();
      expect(built.at(-1)?.stdout).toContain(digest);
      expect(actions['actions/attest']).toMatchObject({ 'subject-name': name, 'subject-digest': digest });
      expect(summary).toBe(`Published \`${name}@${digest}\`.\n`);
      // actions/attest reads the registry's credentials here.
      const { auths } = JSON.parse(await readFile(join(scratch, 'docker/config.json'), 'utf8'));
      expect(auths[REGISTRY].auth).toBe(Buffer.from(`somebody:${token}`).toString('base64'));
    });
  });

  it('fails without an attestation if the registry denies access', async () => {
    await buildImage();
    await withGuardedRegistry(['somebody', 'another-token'], async (REGISTRY) => {
      const { ran, actions } = await runJob({ ...runner, env: { ...runner.env, REGISTRY } }, 'publish');
      expect(ran).toEqual([expect.objectContaining({ status: 1, stderr: expect.stringContaining('401') })]);
      expect(Object.keys(actions)).not.toContain('actions/attest');
    });
  });
});

/** Runs a slow action once, on first use. */
function once<Result>(run: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= run();
    return result;
  };
}

async function commit(directory: string): Promise<void> {
  const git = ['git', '-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.com'] as const;
  for (const args of [
    ['init', '--quiet', '--initial-branch=main'],
    ['add', '.'],
    ['commit', '--quiet', '--message=Generated'],
  ]) {
    await runToEnd([...git, ...args], { cwd: directory });
  }
}

/** Fails if actionlint finds an error in a repository's workflows. */
async function expectAccepted(repository: string): Promise<void> {
  const outcome = await tryToRun(['actionlint', '-no-color', ...listWorkflows(repository)], {
    cwd: repository,
  });
  expect(outcome).toEqual({ status: 0, stdout: '', stderr: '' });
}
