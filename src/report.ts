import { inspect } from 'node:util';
import type { World } from './cli.ts';
import { forManager } from './command-line.ts';
import { type CliError, escapeControls, OutputError } from './errors.ts';
import { toJson } from './json.ts';
import type { Outcome } from './outcome.ts';
import type { Output } from './output.ts';
import { createStyle, plain } from './style.ts';
import { toText } from './text.ts';

/** What a report needs of the world. */
type Surroundings = Pick<World, 'argv' | 'env' | 'stdout' | 'stderr'>;

/** Prints the outcome: what was asked for on stdout, an error on stderr. Returns the exit code. */
export async function report(outcome: Outcome, world: Surroundings): Promise<number> {
  const userAgent = world.env.npm_config_user_agent;
  const output = wantsJson(world.argv)
    ? toJson(outcome, userAgent)
    : forManager(toText(outcome, world), userAgent);
  const problem = output === '' ? undefined : await write(world.stdout, output);
  const error = outcome.error ?? (problem && new OutputError(problem, describeLoss(outcome)));
  if (error === undefined) return 0;
  complain(error, world);
  return error.exitCode;
}

/** Whether the command line asks for JSON, even if the rest of it is invalid. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const options = end === -1 ? argv : argv.slice(0, end);
  return options.some((arg) => /^--json(=|$)/.test(arg));
}

/** The error codes of a pipe that its reader has closed. Windows uses both. */
const pipeClosed = ['EPIPE', 'EOF'];

/** Writes a text, and returns the error if it fails. A pipe that its reader has closed is no error. */
async function write(stream: Output, text: string): Promise<Error | undefined> {
  const problem = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) => {
    stream.on('error', resolve);
    stream.write(text, resolve);
  });
  return problem && !pipeClosed.includes(problem.code ?? '') ? problem : undefined;
}

/** What a user must know whose output is lost. */
function describeLoss(outcome: Outcome): string | undefined {
  return outcome.kind === 'created' ? `the project was created in "${outcome.path}"` : undefined;
}

/** Prints the error on stderr: a log shows it there, even if a script keeps the JSON for itself. */
function complain(error: CliError, { argv, env, stderr }: Surroundings): void {
  const style = wantsJson(argv) ? plain : createStyle(stderr, env);
  const command = forManager(error.hint ?? '', env.npm_config_user_agent);
  const hint = error.hint === undefined ? '' : `${style('cyan', 'hint:')} ${command}\n`;
  // If stderr fails too, there is nowhere left to report it.
  stderr.on('error', () => {});
  stderr.write(`${style('red', 'error:')} ${error.message}\n${hint}`);
  if (argv.includes('--verbose'))
    stderr.write(`${inspect(error).split('\n').map(escapeControls).join('\n')}\n`);
}
