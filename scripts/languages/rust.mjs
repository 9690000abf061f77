import { existsSync, readdirSync } from 'node:fs';
import { delimiter } from 'node:path';
import { fail, read, root, run } from '../command.mjs';

/** The maximum size of a module in bytes. */
export const moduleGoal = 300_000;

/** The maximum time that `make dev` takes from a save to the first answer of the new filter, in seconds. */
export const devGoal = 2;

/** The maximum CPU time that a template adds to a request, as a multiple of what Envoy's own filter adds: see bench/. */
export const costGoals = { hello: 1, auth: 1.6 };

const script = 'scripts/rust-wasm-std.sh';

/**
 * Returns an environment in which Rust builds for wasm32-wasip1. If rustup cannot install that target, this installs
 * Debian's Rust (on Debian 12, as root).
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function ensureToolchain(env) {
  console.log("· Looking for Rust's target wasm32-wasip1; rustup installs it if it is missing");
  if (hasTarget(env)) return env;
  const debian = { ...env, PATH: `/usr/bin${delimiter}${env.PATH}` };
  if (hasTarget(debian)) return debian;
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) {
    fail(
      `Rust has no target wasm32-wasip1; install it with: rustup target add wasm32-wasip1 (or, on Debian 12: sudo sh ${script})`,
    );
  }
  run('sh', [script], `Rust has no target wasm32-wasip1: installing Debian's by ${script}, about 2 minutes`);
  return hasTarget(debian) ? debian : fail(`${script} ran, but rustc still has no target wasm32-wasip1`);
}

/**
 * Runs rustc next to the rust-toolchain.toml that names the target: there, rustup installs it unless it must not.
 *
 * @param {NodeJS.ProcessEnv} env
 */
function hasTarget(env) {
  const args = ['--print', 'target-libdir', '--target', 'wasm32-wasip1'];
  const folder = read('rustc', args, env, `${root}templates/rust/base`);
  if (folder === '' || !existsSync(folder)) return false;
  return readdirSync(folder).some((file) => /^libstd-.*\.rlib$/.test(file));
}
