// Runs other programs for the scripts in this folder.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** On Windows, npm and npx are scripts, which need a shell. */
export const shell = process.platform === 'win32';

/**
 * Runs a command with this input and returns what it prints, or nothing if it fails.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
export function read(command, args, env, cwd = root, input = '') {
  const { status, stdout } = spawnSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    input,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout.trim() : '';
}

/**
 * Prints what it does and runs a command in the root folder. Ends this process if the command fails.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} what
 */
export function run(command, args, what, env = process.env) {
  console.log(`· ${what}`);
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell,
  });
  if (status !== 0) fail(`${[command, ...args].join(' ')} failed${error ? `: ${error.message}` : ''}`);
}

/**
 * @param {string} message
 * @returns {never}
 */
export function fail(message) {
  console.error(`error: ${message}`);
  process.exit(1);
}
