import type { Readable, Writable } from 'node:stream';
import { inspect } from 'node:util';
import { version } from '../package.json';
import { collectAnswers, type Prompter } from './answers.ts';
import { type Env, type Flags, parseArgs } from './args.ts';
import { Cancelled, CliError, InternalError } from './errors.ts';
import { helpText } from './help.ts';
import { nextSteps } from './next-steps.ts';
import { resolveProject } from './project.ts';
import { render } from './render.ts';
import { readLayers } from './templates.ts';
import { writeProject } from './write.ts';

/** All that a run can see and touch, besides the disk. */
export type World = Readonly<{
  /** The arguments after the program's name. */
  argv: readonly string[];
  cwd: string;
  env: Env;
  stdin: Readable & { readonly isTTY?: boolean };
  stdout: Writable & { readonly isTTY?: boolean };
  stderr: Writable;
  /** Aborted when the run is to stop. */
  signal: AbortSignal;
}>;

/**
 * Takes the world; gives the exit code. Never throws: what goes wrong is told on stderr.
 *
 * argv → Flags → Answers → FilterProject → FileTree → disk → lines
 */
export async function run(world: World): Promise<number> {
  try {
    const command = parseArgs(world.argv, world.env);
    if (command.kind === 'create') await create(command.flags, world);
    else if (command.kind === 'help') print(world, [helpText()]);
    else print(world, [version]);
    return 0;
  } catch (error) {
    return report(error, world);
  }
}

async function create(flags: Flags, world: World): Promise<void> {
  const answers = await collectAnswers(flags, world.cwd, () => findPrompter(world));
  const project = resolveProject(answers, world.cwd, version);
  const layers = readLayers(project);
  const tree = render(project, layers);
  await writeProject(project.path, tree, world.signal);
  print(world, nextSteps(project, tree.size));
}

/** Somebody to ask, if there is a terminal with somebody at it; only then are prompts loaded. */
async function findPrompter(world: World): Promise<Prompter | undefined> {
  return isInteractive(world) ? (await import('./ui.ts')).createPrompter(world) : undefined;
}

function isInteractive({ stdin, stdout, env }: World): boolean {
  const isCi = !['', '0', 'false'].includes(env.CI ?? '');
  return stdin.isTTY === true && stdout.isTTY === true && !isCi;
}

function print({ stdout }: World, lines: readonly string[]): void {
  stdout.write(`${lines.join('\n')}\n`);
}

/** Tells on stderr what ended the run; gives the exit code. */
function report(error: unknown, { argv, stderr, signal }: World): number {
  const end = signal.aborted && error === signal.reason ? new Cancelled() : toCliError(error);
  stderr.write(`error: ${end.message}\n${end.hint === undefined ? '' : `hint: ${end.hint}\n`}`);
  if (argv.includes('--verbose')) stderr.write(`${inspect(error)}\n`);
  return end.exitCode;
}

function toCliError(error: unknown): CliError {
  return error instanceof CliError ? error : new InternalError(error);
}
