// Installs what the demo, the tests and the bench need and is not there yet, saying so. Needs Node alone.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, delimiter, resolve } from 'node:path';
import { fail, read, root, run } from './command.mjs';

/** What Go programs tests need beside our own; the pins of that one are in test/mesh/go.mod. */
const goPrograms = {
  'oras.land/oras/cmd/oras': 'v1.3.6',
  'github.com/google/go-containerregistry/cmd/crane': 'v0.22.1',
  'github.com/rhysd/actionlint/cmd/actionlint': 'v1.7.12',
};

/** Installs this project's packages, unless they are those of package-lock.json. */
export function ensurePackages() {
  const installed = `${root}node_modules/.package-lock.json`;
  const isFresh =
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${root}package-lock.json`).mtimeMs;
  if (!isFresh) run('npm', ['ci', '--no-audit', '--no-fund'], 'Installing the packages of package-lock.json');
}

/** Builds dist/. */
export function buildTool() {
  run('node', ['scripts/build.mjs'], 'Building create-envoy-filter');
}

/**
 * Returns the environment with ENVOY, found or installed as a generated project does it.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function ensureEnvoy(env) {
  const makefile = ['--no-print-directory', '-f', 'templates/shared/base/envoy.mk'];
  run('make', [...makefile, 'envoy'], 'Looking for Envoy', env);
  // By a second make file: macOS's make has no --eval.
  const path = read('make', [...makefile, '-f', '-', 'where'], env, root, 'where: ; @echo "$$ENVOY"');
  return { ...env, ENVOY: path.includes('/') ? resolve(root, path) : path };
}

/**
 * Returns the environment in which every language can be built, as scripts/languages says.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function ensureLanguages(env) {
  let found = env;
  for (const file of readdirSync(`${root}scripts/languages`)) {
    found = (await import(`./languages/${file}`)).ensure(found);
  }
  return found;
}

/**
 * Returns the environment with a PATH that begins with oras, crane, actionlint and mesh (test/mesh), built if need be.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function ensureGoTools(env) {
  const go = read('go', ['env', 'GOVERSION'], env);
  // From 1.21 on, Go brings the newer Go that a module asks for.
  if (!(Number(go.match(/^go1\.(\d+)/)?.[1]) >= 21)) {
    fail(`Go 1.26 is needed, ${go === '' ? 'and there is none' : `not ${go}`}; see https://go.dev/dl/`);
  }
  const folder = `${root}node_modules/.cache/go`;
  const goEnv = { ...env, GOBIN: folder };
  for (const [program, version] of Object.entries(goPrograms)) {
    const built = read('go', ['version', '-m', `${folder}/${basename(program)}`], env);
    if (built.match(/^\tmod\t\S+\t(\S+)/m)?.[1] === version) continue;
    run('go', ['install', `${program}@${version}`], `Building ${program}`, goEnv);
  }
  const what = 'Building mesh, with parts of Istio: 4 minutes unless they are built already';
  run('go', ['install', '-C', 'test/mesh', '-buildvcs=false', '.'], what, goEnv);
  return { ...env, PATH: `${folder}${delimiter}${env.PATH}` };
}

/**
 * Returns the environment, in which there is Buildah now: on Debian this installs the package.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function ensureBuildah(env) {
  if (read('buildah', ['--version'], env) !== '') return env;
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) {
    fail('buildah is missing; install it as https://buildah.io says');
  }
  const install = 'apt-get update -qq && apt-get install -qq --no-install-recommends buildah >/dev/null';
  run('sh', ['-c', install], "Installing Debian's package buildah");
  return env;
}
