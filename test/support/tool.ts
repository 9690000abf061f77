import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Outcome } from './command.ts';

/** The built command. */
export const bin = join(import.meta.dirname, '../../dist/bin.cjs');

/** The surroundings of a run. `preload` is a module that Node loads first. */
export type Surroundings = Readonly<{ cwd: string; env?: NodeJS.ProcessEnv; preload?: string }>;

/** Runs the built command without a terminal. */
export function runTool(args: readonly string[], { cwd, env, preload }: Surroundings): Outcome {
  const options = preload === undefined ? [] : ['--import', preload];
  return spawnSync(process.execPath, [...options, bin, ...args], {
    cwd,
    env: { ...cleanEnv(), ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** This process's environment without the variables of npm, git and CI systems, and without settings of colours. */
export function cleanEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|GIT_|CI$|FORCE_COLOR$|NO_COLOR$)/i.test(name)),
  );
}

/** The text of a module as a value of `preload`. */
export function asModule(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}
