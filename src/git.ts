import { spawnSync } from 'node:child_process';
import type { Prompter } from './answers.ts';
import type { Env } from './args.ts';

/**
 * Asks whether to run `git init` in a directory, unless there may be a repository already. `nearest` is the directory, or the one above it
 * that exists. Returns what to do once the directory exists.
 */
export async function offerGit(
  { confirm }: Pick<Prompter, 'confirm'>,
  directory: string,
  nearest: string,
  env: Env,
): Promise<(() => string) | undefined> {
  if (!isOutside(nearest, env)) return undefined;
  const isWanted = await confirm('Run git init? Nothing is committed.');
  return isWanted ? () => initialize(directory, env) : undefined;
}

/**
 * Whether git exists and finds no repository here. Any other answer, as for a repository of another owner, or if GIT_DIR
 * is set, means that there may be one.
 */
function isOutside(directory: string, env: Env): boolean {
  return /^fatal: not a git repository \(or any /m.test(runGit(['rev-parse'], directory, env).stderr);
}

/** Runs `git init`, and says how it ended. */
function initialize(directory: string, env: Env): string {
  const { status, stderr } = runGit(['init', '--quiet'], directory, env);
  if (status === 0) return 'Ran git init. Nothing is committed.';
  return `git init failed: ${stderr.trim()}`;
}

function runGit(
  args: readonly string[],
  cwd: string,
  env: Env,
): Readonly<{ status: number | null; stderr: string }> {
  // In English, to recognise its messages.
  const { status, stderr, error } = spawnSync('git', args, {
    cwd,
    env: { ...env, LC_ALL: 'C' },
    encoding: 'utf8',
    windowsHide: true,
  });
  return { status, stderr: error?.message ?? stderr };
}
