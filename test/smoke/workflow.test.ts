import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { contexts } from '../../src/contexts.ts';
import { languages } from '../../src/languages/index.ts';
import { listWorkflows, readWorkflow } from '../workflow.ts';
import { runToEnd, tryToRun } from './command.ts';
import { Project } from './project.ts';
import { withGuardedRegistry } from './registry.ts';
import { isTrue, type Runner, runJob } from './runner.ts';

const [context] = contexts;
const root = join(import.meta.dirname, '../..');

it('the workflow of this repository is what GitHub accepts', () => expectAccepted(root));

// A workflow depends on the language, not on the context type.
const rows = languages.map((language) => [language.label, language] as const);
describe.each(rows)('the workflow of a generated %s project', (_, language) => {
  const token = 'the-token';
  let project: Project;
  let scratch: string;
  let runner: Runner;

  beforeAll(async () => {
    project = await Project.create(inject('bin'), language, context);
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
  afterAll(async () => {
    await project.remove();
    await rm(scratch, { recursive: true });
  });

  it('is what GitHub accepts', () => expectAccepted(project.directory));

  it('tests a branch by commands that work, and shows the size', async () => {
    const github = { ...runner.github, ref_type: 'branch', ref_name: 'main' };
    const { ran, summary } = await runJob({ ...runner, github }, 'test');
    expect(ran.filter(({ status }) => status !== 0)).toEqual([]);
    expect(ran.map(({ run }) => run.match(/lint|check|test|size/)?.[0])).toEqual([
      'lint',
      'check',
      'test',
      'size',
    ]);
    expect(summary).toMatch(/^build\/plugin\.wasm: [1-9]\d{3,} bytes\n$/);
  });

  it('publishes on a tag alone, when all is tested', () => {
    const { if: condition, needs } = runner.workflow.jobs.publish ?? {};
    expect(needs).toBe('test');
    const isPublished = (type: string) => isTrue(condition, new Map([['github.ref_type', type]]));
    expect(['tag', 'branch'].map(isPublished)).toEqual([true, false]);
  });

  it('refuses a tag that is not the version, before anything else', async () => {
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

  it('publishes the image by commands that work, and attests it by the digest the registry has', async () => {
    await withGuardedRegistry(['somebody', token], async (REGISTRY) => {
      const env = { ...runner.env, REGISTRY };
      const { ran, actions, summary } = await runJob({ ...runner, env }, 'publish');
      expect(ran.filter(({ status }) => status !== 0)).toEqual([]);
      const name = `${REGISTRY}/some-owner/smoke-${language.id}-${context.id}`;
      const where = { cwd: scratch, env: { ...process.env, ...env } };
      const digest = (await runToEnd(['crane', 'digest', `${name}:0.1.0`], where)).stdout.trim();
      expect(actions['actions/attest']).toMatchObject({ 'subject-name': name, 'subject-digest': digest });
      expect(summary).toBe(`Published \`${name}@${digest}\`.\n`);
      // Where actions/attest looks for the way into the registry.
      const { auths } = JSON.parse(await readFile(join(scratch, 'docker/config.json'), 'utf8'));
      expect(auths[REGISTRY].auth).toBe(Buffer.from(`somebody:${token}`).toString('base64'));
    });
  });

  it('stops where the registry does not let it in, and attests nothing', async () => {
    await withGuardedRegistry(['somebody', 'another-token'], async (REGISTRY) => {
      const { ran, actions } = await runJob({ ...runner, env: { ...runner.env, REGISTRY } }, 'publish');
      expect(ran).toEqual([expect.objectContaining({ status: 1, stderr: expect.stringContaining('401') })]);
      expect(Object.keys(actions)).not.toContain('actions/attest');
    });
  });
});

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

/** Fails if actionlint finds a fault in a workflow of a repository. */
async function expectAccepted(repository: string): Promise<void> {
  const outcome = await tryToRun(['actionlint', '-no-color', ...listWorkflows(repository)], {
    cwd: repository,
  });
  expect(outcome).toEqual({ status: 0, stdout: '', stderr: '' });
}
