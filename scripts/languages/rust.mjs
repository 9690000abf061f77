import { existsSync, readdirSync } from 'node:fs';
import { delimiter } from 'node:path';
import { fail, read, root, run } from '../command.mjs';

/** How large a module may be, in bytes. */
export const moduleGoal = 260_000;

const script = 'scripts/rust-wasm-std.sh';

/**
 * Returns the environment with a PATH on which Rust builds for wasm32-wasip1; on Debian 12, where rustup has no such
 * target, it installs Debian's Rust.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function ensure(env) {
  // Where rustup may download, it does so now: rustc runs beside the rust-toolchain.toml that names the target.
  if (hasTarget(env)) return env;
  const debian = { ...env, PATH: `/usr/bin${delimiter}${env.PATH}` };
  if (hasTarget(debian)) return debian;
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) {
    fail(
      `Rust has no target wasm32-wasip1; install it with: rustup target add wasm32-wasip1 (or, on Debian 12: sudo sh ${script})`,
    );
  }
  run('sh', [script], `Rust has no target wasm32-wasip1: installing Debian's by ${script}, about 2 minutes`);
  return hasTarget(debian) ? debian : fail(`${script} has run, and rustc still has no target wasm32-wasip1`);
}

/** @param {NodeJS.ProcessEnv} env */
function hasTarget(env) {
  const args = ['--print', 'target-libdir', '--target', 'wasm32-wasip1'];
  const folder = read('rustc', args, env, `${root}templates/rust/base`);
  if (folder === '' || !existsSync(folder)) return false;
  return readdirSync(folder).some((file) => /^libstd-.*\.rlib$/.test(file));
}
