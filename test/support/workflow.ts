import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** A step of a job: a command or an action. */
export type Step = Readonly<{
  id?: string;
  name?: string;
  if?: string;
  env?: Readonly<Record<string, string>>;
  run?: string;
  uses?: string;
  with?: Readonly<Record<string, string | boolean>>;
}>;

type Job = Readonly<{
  if?: string;
  needs?: string;
  env?: Readonly<Record<string, string>>;
  permissions?: Readonly<Record<string, string>>;
  'runs-on'?: string;
  strategy?: Readonly<{ matrix: Readonly<Record<string, readonly (string | number)[]>> }>;
  'timeout-minutes'?: number;
  steps: readonly Step[];
}>;

/** A workflow of GitHub Actions: what tests use of it. */
export type Workflow = Readonly<{
  env?: Readonly<Record<string, string>>;
  permissions?: Readonly<Record<string, string>>;
  jobs: Readonly<Record<string, Job>>;
}>;

/** Parses a workflow. */
export function readWorkflow(text: string): Workflow {
  return parse(text);
}

/** Lists the paths of a repository's workflows. */
export function listWorkflows(repository: string): readonly string[] {
  const folder = join(repository, '.github/workflows');
  return readdirSync(folder).map((name) => join(folder, name));
}

/** Reads a repository's workflows. */
export function readWorkflows(repository: string): readonly Workflow[] {
  return listWorkflows(repository).map((path) => readWorkflow(readFileSync(path, 'utf8')));
}
