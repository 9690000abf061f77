// The tools that the bench compares.
import { readFileSync } from 'node:fs';
import { root } from '../command.mjs';
import { languages, templates } from '../registry.mjs';

/**
 * @typedef {object} Tool
 * @property {string} name of its npm package
 * @property {string} version
 * @property {readonly Generation[]} generations
 *
 * @typedef {object} Generation a way to generate a project
 * @property {string} label
 * @property {string} args that generate it in the folder `made`, without the network
 */

/**
 * Other tools that create projects. Those without a generation download their templates.
 *
 * @type {readonly Tool[]}
 */
export const rivals = [
  rival({ name: 'create-vite', version: '9.3.0', args: 'made --template vanilla-ts --no-interactive' }),
  rival({
    name: 'sv',
    version: '0.17.1',
    args: 'create made --template minimal --types ts --no-add-ons --no-install',
  }),
  rival({ name: 'create-next-app', version: '16.4.3', args: 'made --yes --skip-install --disable-git' }),
  rival({ name: 'create-hono', version: '0.19.5' }),
  rival({ name: 'giget', version: '3.3.1' }),
  rival({ name: 'degit', version: '3.10.0' }),
];

/**
 * @param {{ name: string, version: string, args?: string }} description
 * @returns {Tool}
 */
function rival({ name, version, args }) {
  return { name, version, generations: args === undefined ? [] : [{ label: name, args }] };
}

/** @returns {Tool} */
export function describeOurs() {
  const { name, version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  const generations = languages.map(({ id, label }) => ({
    label,
    args: `made --language ${id} --template ${templates[0]?.id}`,
  }));
  return { name, version, generations };
}
