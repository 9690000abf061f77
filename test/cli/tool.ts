import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The built command. */
export const bin = join(import.meta.dirname, '../../dist/bin.cjs');

/** How a run has ended. */
export type Outcome = Pick<SpawnSyncReturns<string>, 'status' | 'signal' | 'stdout' | 'stderr'>;

/** What a run is given besides its arguments; `preload` is a module that Node loads first. */
export type Surroundings = Readonly<{ cwd: string; env?: NodeJS.ProcessEnv; preload?: string }>;

/** Takes arguments and surroundings; gives how the built command ended, away from any terminal. */
export function runTool(args: readonly string[], { cwd, env, preload }: Surroundings): Outcome {
  const options = preload === undefined ? [] : ['--import', preload];
  return spawnSync(process.execPath, [...options, bin, ...args], {
    cwd,
    env: { ...cleanEnv(), ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** This process's environment without what npm and CI systems tell in it. */
export function cleanEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|CI$)/i.test(name)));
}

/** Takes the text of a module; gives what to preload it by. */
export function asModule(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}
