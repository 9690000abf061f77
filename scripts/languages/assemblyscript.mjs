/** How large a module may be, in bytes. */
export const moduleGoal = 30_000;

/**
 * Nothing is needed: projects install the compiler themselves.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export function ensure(env) {
  return env;
}
