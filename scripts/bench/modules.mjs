// Measures the modules of new projects.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { languages, templates } from '../registry.mjs';
import { builtIn, describeModule } from './chains.mjs';
import { measureCosts } from './costs.mjs';
import { runQuietly } from './installation.mjs';

/** @typedef {{ language: string, template: string, path: string }} Module */

/**
 * Builds templates in every language.
 *
 * @param {string} bin
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} chosen
 * @returns {Module[]}
 */
export function buildModules(bin, folder, env, chosen = templates.map(({ id }) => id)) {
  return languages.flatMap(({ id: language }) =>
    chosen.map((template) => {
      const name = `${language}-${template}`;
      runQuietly('node', [bin, name, '--language', language, '--template', template], folder, env);
      runQuietly('make', ['build'], join(folder, name), env);
      return { language, template, path: join(folder, name, 'build/plugin.wasm') };
    }),
  );
}

/**
 * Returns the size of each module, with its goal.
 *
 * @param {readonly Module[]} modules
 * @returns {Promise<import('./goals.mjs').Measurement[]>}
 */
export async function measureSizes(modules) {
  const measurements = modules.map(async ({ language, template, path }) => {
    const { moduleGoal } = await import(`../languages/${language}.mjs`);
    const what = `module of ${language} ${template}, bytes`;
    return { what, value: statSync(path).size, goal: moduleGoal };
  });
  return await Promise.all(measurements);
}

/**
 * Returns what the modules of hello cost per request as multiples of what Lua costs, with their goals.
 *
 * @param {readonly Module[]} modules
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<import('./goals.mjs').Measurement[]>}
 */
export async function compareCosts(modules, folder, env) {
  console.log("· Measuring what filters cost, in turns: Envoy's CPU time per request");
  const greeters = modules.filter(({ template }) => template === 'hello');
  const wasm = greeters.map(({ language, path }) => [language, describeModule(language, path)]);
  const costs = await measureCosts({ ...builtIn, ...Object.fromEntries(wasm) }, folder, env);
  for (const [name, cost] of Object.entries(costs))
    console.log(`${name.padEnd(56)}${cost.toFixed(2).padStart(9)} µs`);
  const measurements = greeters.map(async ({ language }) => {
    const { costGoal } = await import(`../languages/${language}.mjs`);
    const value = (costs[language] ?? Number.NaN) / (costs.lua ?? Number.NaN);
    return { what: `hello in ${language}, CPU time per request / Lua`, value, goal: costGoal };
  });
  return await Promise.all(measurements);
}
