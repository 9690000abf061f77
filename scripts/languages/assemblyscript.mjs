/** The maximum size of a module in bytes. */
export const moduleGoal = 30_000;

/**
 * Nothing to install: projects install the compiler themselves.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export function ensureToolchain(env) {
  return env;
}
