import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bin, cleanEnv } from './tool.ts';

export const keys = {
  enter: '\r',
  down: '\x1b[B',
  up: '\x1b[A',
  clearLine: '\x15',
  controlC: '\x03',
  controlD: '\x04',
};

/** Texts to wait for, and what to type then. `null` closes the terminal. */
export type Steps = readonly (readonly [string, string | null])[];

/** How a command on a terminal ended, and all that it wrote. */
type Session = Readonly<{ status: number; screen: string }>;

/** The terminal, by default one of 100 columns with colours. */
type Surroundings = Readonly<{ columns?: number; env?: NodeJS.ProcessEnv }>;

/** Runs the tool on a terminal and types. */
export function type(folder: string, args: readonly string[], steps: Steps, where?: Surroundings): Session {
  return runOnTerminal(folder, [process.execPath, bin, ...args], steps, where);
}

/** Runs a command on a terminal and types. */
export function runOnTerminal(
  folder: string,
  command: readonly string[],
  steps: Steps,
  { columns = 100, env = {} }: Surroundings = {},
): Session {
  const args = [JSON.stringify([columns, steps]), ...command];
  // On a `dumb` terminal, as in some CI systems, Node does not handle Ctrl-U.
  const terminal = { ...cleanEnv(), TERM: 'xterm', ...env };
  return JSON.parse(runPython('terminal.py', args, { cwd: folder, env: terminal }));
}

/** The lines that a terminal shows before each change of a prompt, and at the end. */
export function show(screen: string, columns: number): readonly (readonly string[])[] {
  return JSON.parse(runPython('screen.py', [String(columns)], { input: screen }));
}

function runPython(
  script: string,
  args: readonly string[],
  options: Parameters<typeof spawnSync>[2],
): string {
  const { error, status, stdout, stderr } = spawnSync(
    'python3',
    [join(import.meta.dirname, script), ...args],
    {
      ...options,
      encoding: 'utf8',
    },
  );
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
