import type { Readable } from 'node:stream';
import { type Env, parseArgs } from './args.ts';
import { type Outcome, toFailed } from './outcome.ts';
import type { Output } from './output.ts';
import { report } from './report.ts';

/** Everything that a run reads and writes, except the disk. */
export type World = Readonly<{
  /** The arguments after the program's name. */
  argv: readonly string[];
  cwd: string;
  env: Env;
  stdin: Readable & { readonly isTTY?: boolean };
  stdout: Output;
  stderr: Output;
  /** Aborted to stop the run. */
  signal: AbortSignal;
}>;

/**
 * Runs the tool and returns the exit code. Never throws: errors are reported.
 *
 * argv → Flags → Answers → FilterProject → FileTree → disk → Outcome → stdout
 */
export async function run(world: World): Promise<number> {
  try {
    return await report(await perform(world), world);
  } catch (error) {
    return report(toFailed(error, world.signal), world);
  }
}

async function perform(world: World): Promise<Outcome> {
  const command = parseArgs(world.argv, world.env);
  if (command.kind === 'create') {
    // `--help` does not wait until this is loaded.
    return (await import('./create.ts')).create(command.flags, world);
  }
  if (command.kind !== 'completion') return command;
  const { completionScript } = await import('./completion/index.ts');
  return { kind: 'completion', script: completionScript(command.shell) };
}
