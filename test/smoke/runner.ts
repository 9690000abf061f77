import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Step, Workflow } from '../workflow.ts';
import { artifactActions } from './artifacts.ts';
import { type Outcome, runToEnd, tryToRun } from './command.ts';

/** What runs a workflow's jobs as GitHub does: each in a fresh clone, its commands as they stand and in order. */
export type Runner = Readonly<{
  workflow: Workflow;
  /** The git repository that is cloned. */
  repository: string;
  /** A folder for the clones, and the artifacts that one job leaves to another. */
  scratch: string;
  /** What GitHub calls the `github` context. */
  github: Readonly<Record<string, string>>;
  /** Variables that differ from this process's, and from the workflow's. */
  env: NodeJS.ProcessEnv;
}>;

/** A command that has ended. */
type Ran = Outcome & Readonly<{ run: string }>;

/** How a job has ended. After a command that failed none has run. */
export type JobResult = Readonly<{
  clone: string;
  ran: readonly Ran[];
  /** The inputs of its actions, by their names. */
  actions: Readonly<Record<string, Step['with']>>;
  summary: string;
}>;

/** Runs a job. Of its actions only those that pass artifacts have an effect; the inputs of all are kept. */
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

/** A command sees the `github` context but for the token, which a step has to hand on. */
function variablesOf({ token, ...github }: Runner['github']): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(github).map(([key, value]) => [`GITHUB_${key.toUpperCase()}`, value]),
  );
}

/** Says if the job or step with this condition runs. */
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
