// Installs what the demo, the tests and the bench need and prints what it installs. Needs only Node.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, delimiter, resolve } from 'node:path';
import { fail, read, root, run } from './command.mjs';

/** The Go programs that tests need, besides test/mesh. */
const goPrograms = {
  'oras.land/oras/cmd/oras': 'v1.3.6',
  'github.com/google/go-containerregistry/cmd/crane': 'v0.22.1',
  'github.com/rhysd/actionlint/cmd/actionlint': 'v1.7.12',
};

/** Installs the packages of package-lock.json, unless they are installed. */
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
 * Finds or installs Envoy as a generated project does. Returns the environment with its path as ENVOY.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function ensureEnvoy(env) {
  const makefile = ['--no-print-directory', '-f', 'templates/shared/base/make/envoy.mk'];
  run('make', [...makefile, 'envoy'], 'Looking for Envoy', env);
  // The target comes in a second makefile because make 3.81 has no --eval.
  const path = read('make', [...makefile, '-f', '-', 'where'], env, root, 'where: ; @echo "$$ENVOY"');
  return { ...env, ENVOY: path.includes('/') ? resolve(root, path) : path };
}

/**
 * Installs the toolchain of every language. Returns the environment to build in.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function ensureLanguages(env) {
  let found = env;
  for (const file of readdirSync(`${root}scripts/languages`)) {
    found = (await import(`./languages/${file}`)).ensureToolchain(found);
  }
  return found;
}

/**
 * Builds oras, crane, actionlint and test/mesh. Returns the environment with their folder on the PATH.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function ensureGoTools(env) {
  const go = read('go', ['env', 'GOVERSION'], env);
  // Go 1.21 and later download the version that a module requires.
  if (!(Number(go.match(/^go1\.(\d+)/)?.[1]) >= 21)) {
    fail(
      `Go 1.26 is required, ${go === '' ? 'but go is missing' : `but this is ${go}`}; see https://go.dev/dl/`,
    );
  }
  const folder = `${root}node_modules/.cache/go`;
  const goEnv = { ...env, GOBIN: folder };
  for (const [program, version] of Object.entries(goPrograms)) {
    const built = read('go', ['version', '-m', `${folder}/${basename(program)}`], env);
    if (built.match(/^\tmod\t\S+\t(\S+)/m)?.[1] === version) continue;
    run('go', ['install', `${program}@${version}`], `Building ${program}`, goEnv);
  }
  const what = 'Building test/mesh with parts of Istio: 4 minutes the first time';
  run('go', ['install', '-C', 'test/mesh', '-buildvcs=false', '.'], what, goEnv);
  return { ...env, PATH: `${folder}${delimiter}${env.PATH}` };
}

/** Installs Debian's package buildah if Buildah is missing. */
export function ensureBuildah() {
  const install = 'apt-get install -qq --no-install-recommends buildah >/dev/null';
  ensureCommands(['buildah'], install, 'https://buildah.io');
}

/** Installs Debian's packages zsh and fish if one of these shells is missing. */
export function ensureShells() {
  const install = 'apt-get install -qq --no-install-recommends zsh fish >/dev/null';
  ensureCommands(['zsh', 'fish'], install, 'https://zsh.org, https://fishshell.com');
}

/** Installs Debian's package etcd-server if etcd is missing. */
export function ensureEtcd() {
  const install = 'apt-get install -qq --no-install-recommends etcd-server >/dev/null';
  ensureCommands(['etcd'], install, 'https://etcd.io');
}

/**
 * Installs Debian's packages of these commands if one of them is missing.
 *
 * @param {readonly string[]} commands
 * @param {string} install
 * @param {string} pages
 */
function ensureCommands(commands, install, pages) {
  const missing = commands
    .filter((command) => read(command, ['--version'], process.env) === '')
    .join(' and ');
  if (missing === '') return;
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) {
    fail(`missing: ${missing}; install it: ${pages} (as root on Debian, this command installs it)`);
  }
  run('sh', ['-c', `apt-get update -qq && ${install}`], `Installing ${missing} from Debian`);
}
