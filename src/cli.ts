import type { Readable, Writable } from 'node:stream';
import { inspect } from 'node:util';
import { version } from '../package.json';
import { collectAnswers, type Prompter } from './answers.ts';
import { type Env, type Flags, parseArgs } from './args.ts';
import { forManager } from './command-line.ts';
import { compose } from './composition.ts';
import { Cancelled, CliError, escapeControls, InternalError, OutputError } from './errors.ts';
import { helpText } from './help.ts';
import { readLayers } from './layers.ts';
import { nextSteps } from './next-steps.ts';
import { type Answers, resolveProject } from './project.ts';
import { render, type TemplateFiles } from './render.ts';
import { listKept, setAside } from './target.ts';
import { writeProject } from './write.ts';

/** Everything that a run reads and writes, except the disk. */
export type World = Readonly<{
  /** The arguments after the program's name. */
  argv: readonly string[];
  cwd: string;
  env: Env;
  stdin: Readable & { readonly isTTY?: boolean };
  stdout: Writable & { readonly isTTY?: boolean };
  stderr: Writable;
  /** Aborted to stop the run. */
  signal: AbortSignal;
}>;

/**
 * Runs the tool and returns the exit code. Never throws: errors are printed on stderr.
 *
 * argv → Flags → Answers → FileTree of the template → FilterProject → FileTree → disk → lines
 */
export async function run(world: World): Promise<number> {
  try {
    const command = parseArgs(world.argv, world.env);
    if (command.kind === 'create') await create(command.flags, world);
    else if (command.kind === 'help') await print(world, [helpText()]);
    else await print(world, [version]);
    return 0;
  } catch (error) {
    return report(error, world);
  }
}

async function create(flags: Flags, world: World): Promise<void> {
  const answers = await collectAnswers(flags, world.cwd, () => findPrompter(world));
  const { files, ...origin } = await readTemplate(answers, world);
  const project = resolveProject({ ...answers, ...origin }, world.cwd, version);
  const kept = listKept(project.path);
  const { tree, renamed } = setAside(render(project, files), kept);
  await writeProject(project.path, tree, world.signal);
  await print(
    world,
    nextSteps(project, tree.size, { kept, renamed }),
    `the project was created in "${project.path}"`,
  );
}

/** The files of the template, under the placeholder's name. Code for remote templates is loaded only for one. */
async function readTemplate(answers: Answers, world: World): Promise<TemplateFiles> {
  if (!('source' in answers)) return { files: compose(answers, readLayers(answers)) };
  return (await import('./remote/index.ts')).readTemplate(answers.source, world);
}

/** Loads the prompts only if there is a terminal for them: loading takes time. */
async function findPrompter(world: World): Promise<Prompter | undefined> {
  return isInteractive(world) ? (await import('./ui.ts')).createPrompter(world) : undefined;
}

function isInteractive({ stdin, stdout, env }: World): boolean {
  const isCi = !['', '0', 'false'].includes(env.CI ?? '');
  return stdin.isTTY === true && stdout.isTTY === true && !isCi;
}

/** The error codes of a pipe that its reader has closed. Windows uses both. */
const pipeClosed = ['EPIPE', 'EOF'];

/** Prints lines. A pipe that its reader has closed is no error. Throws OutputError with the hint. */
async function print({ stdout, env }: World, lines: readonly string[], hint?: string): Promise<void> {
  const text = `${forManager(lines.join('\n'), env.npm_config_user_agent)}\n`;
  const problem = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) => {
    stdout.on('error', resolve);
    stdout.write(text, resolve);
  });
  if (problem && !pipeClosed.includes(problem.code ?? '')) throw new OutputError(problem, hint);
}

/** Prints the error on stderr and returns the exit code. */
function report(error: unknown, { argv, env, stderr, signal }: World): number {
  const end = signal.aborted && error === signal.reason ? new Cancelled() : toCliError(error);
  const hint = end.hint === undefined ? '' : `hint: ${forManager(end.hint, env.npm_config_user_agent)}\n`;
  // If stderr fails too, there is nowhere left to report it.
  stderr.on('error', () => {});
  stderr.write(`error: ${end.message}\n${hint}`);
  if (argv.includes('--verbose'))
    stderr.write(`${inspect(error).split('\n').map(escapeControls).join('\n')}\n`);
  return end.exitCode;
}

function toCliError(error: unknown): CliError {
  return error instanceof CliError ? error : new InternalError(error);
}
