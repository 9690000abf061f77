import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Outcome, runToEnd, tryToRun } from '../../support/command.ts';
import type { Step, Workflow } from '../../support/workflow.ts';
import { artifactActions } from './artifacts.ts';

/** Runs a workflow's jobs as GitHub does: each in a fresh clone, its commands unchanged and in order. */
export type Runner = Readonly<{
  workflow: Workflow;
  /** The git repository that is cloned. */
  repository: string;
  /** A folder for the clones and the artifacts. */
  scratch: string;
  /** GitHub's `github` context. */
  github: Readonly<Record<string, string>>;
  /** Variables on top of this process's and the workflow's. */
  env: NodeJS.ProcessEnv;
}>;

/** A command that was run. */
type Ran = Outcome & Readonly<{ run: string }>;

/** How a job ended. It stops at the first command that fails. */
export type JobResult = Readonly<{
  clone: string;
  ran: readonly Ran[];
  /** The inputs of its actions, by the names of the actions. */
  actions: Readonly<Record<string, Step['with']>>;
  summary: string;
}>;

/** Runs a job. Only actions that pass artifacts have an effect; the inputs of all are recorded. */
export async function runJob(runner: Runner, name: string): Promise<JobResult> {
  const { workflow, repository, scratch, github } = runner;
  const job = workflow.jobs[name];
  if (job === undefined) throw new Error(`there is no job ${name}`);
  const folder = await mkdtemp(join(scratch, `${name}-`));
  const cwd = join(folder, 'clone');
  await runToEnd(['git', 'clone', '--quiet', '--depth=1', `file://${repository}`, cwd], { cwd: folder });

  const known = new Map(Object.entries(github).map(([key, value]) => [`github.${key}`, value]));
  const ran: Ran[] = [];
  const actions: Record<string, Step['with']> = {};
  const script = join(folder, 'script');
  const output = join(folder, 'output');
  const summary = join(folder, 'summary');
  await writeFile(summary, '');
  for (const { id, if: condition, env, run, uses, with: inputs } of job.steps) {
    if (!isTrue(condition, known)) continue;
    if (uses !== undefined) {
      const [action = ''] = uses.split('@');
      const filledIn = fillIn(inputs, (what) => known.get(what) ?? what);
      actions[action] = filledIn;
      await artifactActions[action]?.({ inputs: filledIn, cwd, store: join(scratch, 'artifacts') });
    }
    if (run === undefined) continue;
    await Promise.all([writeFile(script, run), writeFile(output, '')]);
    const variables = {
      ...process.env,
      CI: 'true',
      ...variablesOf(github),
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      ...fillIn({ ...workflow.env, ...job.env, ...env }, (what) => evaluate(what, known)),
      ...runner.env,
    };
    const outcome = await tryToRun(['bash', '-e', script], { cwd, env: variables });
    ran.push({ run, ...outcome });
    if (outcome.status !== 0) break;
    for (const [, key, value = ''] of (await readFile(output, 'utf8')).matchAll(/^(\w+)=(.*)$/gm)) {
      known.set(`steps.${id}.outputs.${key}`, value);
    }
  }
  return { clone: cwd, ran, actions, summary: await readFile(summary, 'utf8') };
}

/** Commands see the `github` context without the token, which a step must pass explicitly. */
function variablesOf({ token, ...github }: Runner['github']): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(github).map(([key, value]) => [`GITHUB_${key.toUpperCase()}`, value]),
  );
}

/** Whether a job or step with this condition runs. */
export function isTrue(condition: string | undefined, known: ReadonlyMap<string, string>): boolean {
  if (condition === undefined) return true;
  const [, left = '', right] = condition.match(/^([\w.]+) == '([^']*)'$/) ?? [];
  return evaluate(left, known) === right;
}

function fillIn<Value extends string | boolean>(
  values: Readonly<Record<string, Value>> = {},
  lookUp: (expression: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      `${value}`.replace(/\$\{\{ (.*?) \}\}/g, (_, expression) => lookUp(expression)),
    ]),
  );
}

function evaluate(expression: string, known: ReadonlyMap<string, string>): string {
  const value = known.get(expression);
  if (value === undefined) throw new Error(`nobody knows the value of ${expression}`);
  return value;
}
