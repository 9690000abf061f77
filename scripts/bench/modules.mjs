// Measures the modules of new projects.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { languages, templates } from '../registry.mjs';
import { runQuietly } from './installation.mjs';

/**
 * Builds every template in every language. Returns the size of each module, with its goal.
 *
 * @param {string} bin
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<import('./goals.mjs').Measurement[]>}
 */
export async function measureModules(bin, folder, env) {
  const measurements = [];
  for (const { id: language } of languages) {
    const { moduleGoal } = await import(`../languages/${language}.mjs`);
    for (const { id: template } of templates) {
      const name = `${language}-${template}`;
      runQuietly('node', [bin, name, '--language', language, '--template', template], folder, env);
      runQuietly('make', ['build'], join(folder, name), env);
      const { size } = statSync(join(folder, name, 'build/plugin.wasm'));
      measurements.push({ what: `module of ${language} ${template}, bytes`, value: size, goal: moduleGoal });
    }
  }
  return measurements;
}
