// Installs what the demo, the tests and the bench need and is not there yet, saying so. Needs Node alone.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, delimiter, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** npm and npx are no programs on Windows but scripts. */
export const shell = process.platform === 'win32';

/** What Go programs tests need beside our own; the pins of that one are in test/mesh/go.mod. */
const goPrograms = {
  'oras.land/oras/cmd/oras': 'v1.3.6',
  'github.com/google/go-containerregistry/cmd/crane': 'v0.22.1',
  'github.com/rhysd/actionlint/cmd/actionlint': 'v1.7.12',
};

/** What can be created, as the folders of templates/ say it. */
export const languages = readdirSync(`${root}templates`).filter((name) => name !== 'shared');
export const contexts = readdirSync(`${root}templates/shared`).filter((name) => name !== 'base');

/** Installs this project's packages, unless they are those of package-lock.json. */
export function installPackages() {
  const installed = `${root}node_modules/.package-lock.json`;
  const isFresh =
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${root}package-lock.json`).mtimeMs;
  if (!isFresh) run('npm', ['ci', '--no-audit', '--no-fund'], 'Installing the packages of package-lock.json');
}

/** Builds dist/. */
export function buildTool() {
  run('node', ['scripts/build.mjs'], 'Building create-envoy-filter');
}

/** Takes an environment; gives it with ENVOY, found or installed as a generated project does it. */
export function findEnvoy(env) {
  const makefile = ['--no-print-directory', '-f', 'templates/shared/base/envoy.mk'];
  run('make', [...makefile, 'envoy'], 'Looking for Envoy', env);
  // By a second make file: macOS's make has no --eval.
  const path = read('make', [...makefile, '-f', '-', 'where'], env, root, 'where: ; @echo "$$ENVOY"');
  return { ...env, ENVOY: path.includes('/') ? resolve(root, path) : path };
}

/** Takes an environment; gives it with a PATH on which Rust builds for wasm32-wasip1. */
export function findRust(env) {
  // Where rustup may download, it does so now: rustc runs beside the rust-toolchain.toml that names the target.
  if (hasRustTarget(env)) return env;
  const debian = { ...env, PATH: `/usr/bin${delimiter}${env.PATH}` };
  if (hasRustTarget(debian)) return debian;
  const script = 'scripts/rust-wasm-std.sh';
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) {
    fail(
      `Rust has no target wasm32-wasip1; install it with: rustup target add wasm32-wasip1 (or, on Debian 12: sudo sh ${script})`,
    );
  }
  run('sh', [script], `Rust has no target wasm32-wasip1: preparing Debian's by ${script}, about 2 minutes`);
  return hasRustTarget(debian)
    ? debian
    : fail(`${script} has run, and rustc still has no target wasm32-wasip1`);
}

function hasRustTarget(env) {
  const folder = read(
    'rustc',
    ['--print', 'target-libdir', '--target', 'wasm32-wasip1'],
    env,
    `${root}templates/rust/base`,
  );
  return (
    folder !== '' && existsSync(folder) && readdirSync(folder).some((file) => /^libstd-.*\.rlib$/.test(file))
  );
}

/** Takes an environment; gives it with a PATH that begins with oras, crane and mesh (test/mesh), built if need be. */
export function findGoTools(env) {
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

/** Takes an environment in which there is Buildah, or there will be: on Debian it is installed. */
export function findBuildah(env) {
  if (read('buildah', ['--version'], env) !== '') return env;
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) {
    fail('buildah is missing; install it as https://buildah.io says');
  }
  const install = 'apt-get update -qq && apt-get install -qq --no-install-recommends buildah >/dev/null';
  run('sh', ['-c', install], 'Installing Buildah');
  return env;
}

/** Gives what a command prints that reads `input`, or nothing where it fails. */
function read(command, args, env, cwd = root, input = '') {
  const { status, stdout } = spawnSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    input,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout.trim() : '';
}

function run(command, args, what, env = process.env) {
  console.log(`· ${what}`);
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell,
  });
  if (status !== 0) fail(`${[command, ...args].join(' ')} has failed${error ? `: ${error.message}` : ''}`);
}

function fail(message) {
  console.error(`error: ${message}`);
  process.exit(1);
}
