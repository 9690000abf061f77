// The versions of Envoy that the smoke tests run projects in.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { read, root, run } from './command.mjs';

const makefile = 'templates/shared/base/make/envoy.mk';

const oldest = `${find('ENVOY_MINIMUM')}.0`;
const newest = find('ENVOY_VERSION');

/** Those that a release is tested with, from the oldest that projects support to the one that they install. */
export const allEnvoyVersions = [oldest, '1.39.1', newest];

/** Those that this run tests with. */
export const envoyVersions = process.env.ENVOYS === 'all' ? allEnvoyVersions : [oldest, newest];

/**
 * Returns the path of an Envoy of this version: of the one that ENVOY names, or of one that it installs as a generated
 * project does.
 *
 * @param {string} version
 */
export function ensureEnvoyVersion(version) {
  const { ENVOY = 'envoy' } = process.env;
  if (read(ENVOY, ['--version'], process.env).includes(`/${version}/`)) return ENVOY;
  const path = `.envoy/envoy-${version}`;
  const variables = [`ENVOY_VERSION=${version}`, `ENVOY=${path}`];
  run(
    'make',
    ['--no-print-directory', '-f', makefile, 'envoy', ...variables],
    `Looking for Envoy ${version}`,
  );
  return resolve(root, path);
}

/** @param {string} name */
function find(name) {
  const value = readFileSync(`${root}${makefile}`, 'utf8').match(new RegExp(`^${name} := (.*)$`, 'm'))?.[1];
  if (value === undefined) throw new Error(`${makefile} sets no ${name}`);
  return value;
}
