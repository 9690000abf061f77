import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { languages } from '../../src/languages/index.ts';
import { readTree } from '../../src/layers.ts';
import { generate, readText } from '../support/generate.ts';
import { listWorkflows, readWorkflow, readWorkflows, type Step, type Workflow } from '../support/workflow.ts';

const root = join(import.meta.dirname, '../..');
const path = '.github/workflows/ci.yml';
const own = readWorkflows(root);
const generated = languages.map((language) => {
  const { tree } = generate({ language });
  return { id: language.id, files: tree, workflow: readWorkflow(readText(tree, path)) };
});
const all = [...own, ...generated.map(({ workflow }) => workflow)];

const listSteps = ({ jobs }: Workflow): readonly Step[] => Object.values(jobs).flatMap(({ steps }) => steps);
const steps = all.flatMap(listSteps);
const isForLanguage = ({ uses = '', run = '' }: Step) =>
  /^(actions\/setup-|Swatinem\/)/.test(uses) || /^(cargo|npm) /.test(run);

// As text, because of the comments.
const { 'github-actions': updated } = JSON.parse(readFileSync(join(root, 'renovate.json'), 'utf8'));
const isUpdated = new RegExp(updated.managerFilePatterns[0].slice(1, -1));
const templates = [...readTree(join(root, 'templates'))].filter(([path]) =>
  isUpdated.test(`templates/${path}`),
);
const texts = [
  ...listWorkflows(root).map((file) => readFileSync(file, 'utf8')),
  ...templates.map(([, text]) => text),
];

describe('workflows', () => {
  it('pin actions by commit, with the version beside it, the same one everywhere', () => {
    const uses = texts.flatMap((text) => text.match(/(?<=\buses: *)[^ ].*/g) ?? []);
    const seen = new Set(uses.map((use) => use.split(' ')[0]));
    expect(steps.filter(({ uses }) => uses !== undefined && !seen.has(uses))).toEqual([]);
    expect(uses.filter((use) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(use))).toEqual([]);
    const pins = new Set(uses);
    expect(new Set([...pins].map((use) => use.split('@')[0])).size).toBe(pins.size);
  });

  it('leave no credentials in the checkout', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.length).toBeGreaterThanOrEqual(all.length);
    expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([]);
  });

  const listPrivileged = (workflows: readonly Workflow[]) =>
    workflows
      .flatMap(({ jobs }) => Object.values(jobs))
      .filter(({ permissions = {} }) => Object.values(permissions).includes('write'));

  it('build nothing in the job that may publish this package', () => {
    const commands = listPrivileged(own).map(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    expect(commands).toEqual([['npm publish ./*.tgz --access public']]);
  });

  it('build nothing in the job that may publish an image', () => {
    const privileged = listPrivileged(generated.map(({ workflow }) => workflow));
    expect(privileged).toHaveLength(generated.length);
    for (const { steps } of privileged) {
      const commands = steps.flatMap(({ run }) => run ?? []).join('\n');
      expect([...commands.matchAll(/\bmake(?: -\w+)* (\w+)/g)].map(([, target]) => target)).toEqual(['push']);
      expect(commands).not.toMatch(/\b(cargo|rustc|node|npm|npx|asc)\b/);
      expect(steps.filter(isForLanguage)).toEqual([]);
    }
  });

  it('may only read, except for the job that publishes', () => {
    const rights = all.map(({ permissions, jobs }) => [
      permissions,
      Object.entries(jobs).flatMap(([name, job]) => (job.permissions ? [[name, job.permissions]] : [])),
    ]);
    const publishes = { contents: 'read', packages: 'write', 'id-token': 'write', attestations: 'write' };
    expect(rights).toEqual([
      [{ contents: 'read' }, []],
      [{ contents: 'read' }, [['publish', { 'id-token': 'write' }]]],
      ...generated.map(() => [{ contents: 'read' }, [['publish', publishes]]]),
    ]);
  });

  it('try this tool on each system with each Node, and the projects where they have a shell', () => {
    const jobs = Object.values(readWorkflow(readFileSync(join(root, path), 'utf8')).jobs);
    const commands = jobs.map((job) => [
      job['runs-on'],
      job.strategy?.matrix.node,
      job.steps.flatMap(({ name, run }) => (run && !name ? [run] : [])),
    ]);
    const nodes = [20, 22, 24];
    expect(commands).toEqual([
      ['ubuntu-latest', nodes, ['bash .ci/run']],
      ['macos-latest', nodes, ['npm test -- unit cli', 'npm run demo -- lint build check test']],
      ['windows-latest', nodes, ['npm test -- unit cli']],
    ]);
    const setUp = jobs.flatMap(({ steps }) => steps.flatMap((step) => step.with?.['node-version'] ?? []));
    expect(setUp).toEqual(jobs.map(() => `\${{ matrix.node }}`));
  });

  it('have time limits', () => {
    const jobs = all.flatMap(({ jobs }) => Object.values(jobs));
    expect(jobs.filter((job) => !(Number(job['timeout-minutes']) <= 60))).toEqual([]);
  });

  // GitHub inserts an expression's value into a command as code: a branch's name could be executed.
  it('have no expression in a command', () => {
    expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  it('use no cache for what they publish', () => {
    const published = generated.flatMap(({ workflow: { jobs } }) =>
      [jobs.image, jobs.publish].flatMap((job) => job?.steps ?? []),
    );
    expect(published.length).toBeGreaterThan(0);
    const withCache = published.filter(({ uses, with: inputs }) => /cache/.test(uses ?? '') || inputs?.cache);
    expect(withCache).toEqual([]);
  });

  it.each(generated)('cache by files that are there: $id', ({ files, workflow }) => {
    const keys = listSteps(workflow).flatMap(({ with: inputs }) => inputs?.key ?? []);
    const hashed = [...keys.join().matchAll(/hashFiles\('([^']+)'\)/g)].map(([, file = '']) => file);
    expect(hashed).toEqual(['make/envoy.mk']);
    expect(hashed.filter((file) => !files.has(file))).toEqual([]);
  });

  it('of generated projects differ only in how they set up a language', () => {
    const common = generated.map(({ workflow: { jobs, ...rest } }) => ({
      ...rest,
      jobs: Object.entries(jobs).map(([name, job]) => [
        name,
        { ...job, steps: job.steps.filter((step) => !isForLanguage(step)) },
      ]),
    }));
    expect(common).toEqual(common.map(() => common[0]));
  });
});
