import { version } from '../package.json';
import { collectAnswers, type Prompter } from './answers.ts';
import type { Env, Flags } from './args.ts';
import type { World } from './cli.ts';
import { compose } from './composition.ts';
import { readLayers } from './layers.ts';
import type { ProjectOutcome } from './outcome.ts';
import { toCreated, toDryRun } from './plan.ts';
import { type FilterProject, resolveProject } from './project.ts';
import { type ProjectTemplate, render } from './render.ts';
import { findConflict, findNearest, listKept, setAside } from './target.ts';
import type { Terminal } from './ui.ts';
import { writeProject } from './write.ts';

/** Creates a project, or finds out what would be created. */
export async function create(flags: Flags, world: World): Promise<ProjectOutcome> {
  const { signal } = world;
  // A misspelled source is refused before the first prompt.
  if (flags.source !== undefined) (await import('./remote/index.ts')).parseSource(flags.source, world.cwd);
  const used: { prompter?: Prompter | undefined } = {};
  const answers = await collectAnswers(flags, world.cwd, async () => {
    used.prompter = await findPrompter(flags, world);
    return used.prompter;
  });
  const { project, files } = await readTemplate(resolveProject(answers, world.cwd, version), flags, world);
  const error = flags.dryRun ? findConflict(project.directory, world.cwd) : undefined;
  const kept = error === undefined ? listKept(project.path) : [];
  const { tree, renamed } = setAside(render(project, files), kept);
  const plan = { project, tree, before: { kept, renamed }, enclose: used.prompter?.enclose };
  if (flags.dryRun) return toDryRun(plan, error);
  const initGit = used.prompter && (await offerGit(used.prompter, project.path, world.env));
  await writeProject(project.path, tree, signal);
  return toCreated(plan, initGit === undefined ? [] : [initGit()]);
}

/** Loads git's part only where prompts are shown: a script can run `git init` itself. */
async function offerGit(
  prompter: Prompter,
  directory: string,
  env: Env,
): Promise<(() => string) | undefined> {
  return (await import('./git.ts')).offerGit(prompter, directory, findNearest(directory), env);
}

/** Composes the project's template, or fetches it. Code for remote templates is loaded only for one. */
async function readTemplate(
  project: FilterProject,
  { offline }: Flags,
  { cwd, env, signal }: World,
): Promise<ProjectTemplate> {
  if (!('source' in project)) return { project, files: compose(project, readLayers(project)) };
  return (await import('./remote/index.ts')).readTemplate(project, { offline, cwd, env, signal });
}

/** Loads the prompts only if there is a terminal for them: loading takes time. */
async function findPrompter(flags: Flags, world: World): Promise<Prompter | undefined> {
  if (flags.json || !isInteractive(world)) return undefined;
  return (await import('./ui.ts')).createPrompter(world);
}

function isInteractive(world: World): world is World & Terminal {
  const { stdin, stdout, env } = world;
  const isCi = !['', '0', 'false'].includes(env.CI ?? '');
  return stdin.isTTY === true && stdout.isTTY === true && !isCi;
}
