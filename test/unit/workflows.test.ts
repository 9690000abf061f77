import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { languages } from '../../src/languages/index.ts';
import { readTree } from '../../src/templates.ts';
import { readWorkflow, readWorkflows, type Step, type Workflow } from '../workflow.ts';

const root = join(import.meta.dirname, '../..');
const path = '.github/workflows/ci.yml';
const own = readWorkflows(root);
const generated = languages.map(({ id }) => {
  const files = readTree(join(root, 'test/golden', `${id}-http`));
  return { id, files, workflow: readWorkflow(files.get(path) ?? '') };
});
const all = [...own, ...generated.map(({ workflow }) => workflow)];

const listSteps = ({ jobs }: Workflow): readonly Step[] => Object.values(jobs).flatMap(({ steps }) => steps);
const steps = all.flatMap(listSteps);

describe('workflows', () => {
  it('name actions by their major version, the same one everywhere', () => {
    const actions = new Set(steps.flatMap(({ uses }) => uses ?? []));
    expect([...actions].filter((action) => !/^[\w-]+\/[\w-]+@v[1-9]\d*$/.test(action))).toEqual([]);
    expect(new Set([...actions].map((action) => action.split('@')[0])).size).toBe(actions.size);
  });

  it('may read, and only the job that publishes may do more', () => {
    const rights = all.map(({ permissions, jobs }) => [
      permissions,
      Object.entries(jobs).flatMap(([name, job]) => (job.permissions ? [[name, job.permissions]] : [])),
    ]);
    const publishes = { contents: 'read', packages: 'write', 'id-token': 'write', attestations: 'write' };
    expect(rights).toEqual([
      ...own.map(() => [{ contents: 'read' }, []]),
      ...generated.map(() => [{ contents: 'read' }, [['publish', publishes]]]),
    ]);
  });

  it('end by themselves', () => {
    const jobs = all.flatMap(({ jobs }) => Object.values(jobs));
    expect(jobs.filter((job) => !(Number(job['timeout-minutes']) <= 60))).toEqual([]);
  });

  // GitHub writes the value of an expression into a command as code: the name of a branch could run.
  it('have no expression in a command', () => {
    expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  it('take no cache into what they publish', () => {
    const published = generated.flatMap(({ workflow }) => workflow.jobs.publish?.steps ?? []);
    const withCache = published.filter(({ uses, with: inputs }) => /cache/.test(uses ?? '') || inputs?.cache);
    expect(withCache).toEqual([]);
  });

  it.each(generated)('cache by files that are there: $id', ({ files, workflow }) => {
    const keys = listSteps(workflow).flatMap(({ with: inputs }) => inputs?.key ?? []);
    const hashed = [...keys.join().matchAll(/hashFiles\('([^']+)'\)/g)].map(([, file = '']) => file);
    expect(hashed).toEqual(['envoy.mk']);
    expect(hashed.filter((file) => !files.has(file))).toEqual([]);
  });

  it('of generated projects differ only in how they set up a language', () => {
    const isForLanguage = ({ uses = '' }: Step) => /^(actions\/setup-|Swatinem\/)/.test(uses);
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
