/** The maximum size of a module in bytes. */
export const moduleGoal = 45_000;

/** The maximum time that `make dev` takes from a save to the first answer of the new filter, in seconds. */
export const devGoal = 1;

/** The maximum CPU time that a template adds to a request, as a multiple of what Envoy's own filter adds: see bench/. */
export const costGoals = { hello: 1.15, auth: 2 };

/**
 * Nothing to install: projects install the compiler themselves.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export function ensureToolchain(env) {
  return env;
}
