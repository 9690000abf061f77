// Measures the modules of new projects.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { languages, templates } from '../registry.mjs';
import { builtIn, describeModule, extAuthz } from './chains.mjs';
import { measureCosts } from './costs.mjs';
import { runQuietly } from './installation.mjs';

/**
 * The filter of Envoy that a template's modules are compared with.
 *
 * @type {Readonly<Record<string, { name: string, configuration?: object }>>}
 */
const rivals = {
  hello: { name: 'lua' },
  auth: { name: 'ext_authz', configuration: { auth_cluster: 'auth' } },
};

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
 * Returns what the modules of hello and auth cost per request as multiples of what Envoy's own filters cost, with their
 * goals.
 *
 * @param {readonly Module[]} modules
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<import('./goals.mjs').Measurement[]>}
 */
export async function compareCosts(modules, folder, env) {
  console.log("· Measuring what filters cost, in turns: Envoy's CPU time per request");
  const compared = modules.filter(({ template }) => template in rivals);
  const wasm = compared.map(({ language, template, path }) => {
    const name = `${language}-${template}`;
    return [name, describeModule(name, path, rivals[template]?.configuration)];
  });
  const filters = { ...builtIn, ext_authz: extAuthz, ...Object.fromEntries(wasm) };
  const costs = await measureCosts(filters, folder, env);
  for (const [name, cost] of Object.entries(costs))
    console.log(`${name.padEnd(56)}${cost.toFixed(2).padStart(9)} µs`);
  const measurements = compared.map(async ({ language, template }) => {
    const { costGoals } = await import(`../languages/${language}.mjs`);
    const rival = rivals[template]?.name ?? '';
    const value = (costs[`${language}-${template}`] ?? Number.NaN) / (costs[rival] ?? Number.NaN);
    const what = `${template} in ${language}, CPU time per request / ${rival}`;
    return { what, value, goal: costGoals[template] };
  });
  return await Promise.all(measurements);
}
