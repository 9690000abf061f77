import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** Where a command runs, and for how many milliseconds at most. Default of `env`: this process's. */
export type Surroundings = Readonly<{ cwd: string; env?: NodeJS.ProcessEnv; timeout?: number }>;

/** How a command ended. */
export type Outcome = Readonly<{
  status: number | null;
  signal?: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}>;

/** Runs a command, which may fail. */
export async function tryToRun(
  [program, ...args]: readonly [string, ...string[]],
  where: Surroundings,
): Promise<Outcome> {
  const child = spawn(program, args, { timeout: 600_000, ...where, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { status, stdout, stderr };
}

/** Runs a command and returns its output. Throws with the output if it fails. */
export async function runToEnd(
  command: readonly [string, ...string[]],
  where: Surroundings,
): Promise<Outcome> {
  const outcome = await tryToRun(command, where);
  if (outcome.status === 0) return outcome;
  throw new Error(`${command.join(' ')} ended with ${outcome.status}:\n${outcome.stdout}\n${outcome.stderr}`);
}

/** Writes a script that runs a line of shell, and returns its path. */
export async function writeScript(scratch: string, line: string): Promise<string> {
  const path = join(await mkdtemp(join(scratch, 'script-')), 'script');
  await writeFile(path, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return path;
}
