/** The maximum size of a module in bytes. */
export const moduleGoal = 45_000;

/** The maximum CPU time that hello adds to a request, as a multiple of what Lua adds. */
export const costGoal = 1.15;

/**
 * Nothing to install: projects install the compiler themselves.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export function ensureToolchain(env) {
  return env;
}
