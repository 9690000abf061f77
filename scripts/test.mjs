// Installs what is needed and runs all checks and tests, or those named: npm test -- lint unit
// Options go to vitest: npm test -- smoke -t Rust
// With ENVOYS=all, the smoke tests run in every version of Envoy and write the table in README.md.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, shell } from './command.mjs';
import { ensureControlPlanes } from './control-planes.mjs';
import { ensureManagers } from './managers.mjs';
import {
  buildTool,
  ensureBuildah,
  ensureEnvoy,
  ensureEtcd,
  ensureGoTools,
  ensureLanguages,
  ensurePackages,
  ensureShells,
} from './setup.mjs';
import { listInapplicable } from './systems.mjs';

const checks = ['lint', 'typecheck', 'knip', 'package'];
const suites = ['unit', 'cli', 'remote', 'managers', 'shells', 'abi', 'mesh', 'smoke'];
/** Runs only if it is named, in a network and with mounts of its own. */
const cluster = 'cluster';
/**
 * Names that stand for several checks and suites.
 *
 * @type {Record<string, string[]>}
 */
const groups = { fast: [...checks, 'unit', 'cli'] };

const args = process.argv.slice(2);
const firstOption = args.findIndex((arg) => arg.startsWith('-'));
const words = firstOption < 0 ? args : args.slice(0, firstOption);
const named = words.flatMap((word) => groups[word] ?? [word]);
const options = firstOption < 0 ? [] : args.slice(firstOption);
const unknown = named.filter((name) => ![...checks, ...suites, cluster].includes(name));
if (unknown.length > 0) {
  console.error(
    `error: unknown check or suite: ${unknown.join(', ')}; expected ${[...Object.keys(groups), ...checks, ...suites, cluster].join(', ')}`,
  );
  process.exit(2);
}
/** @param {string} name */
const isWanted = (name) => (named.length === 0 && name !== cluster) || named.includes(name);

ensurePackages();
buildTool();
let env = process.env;
if (isWanted('managers')) ensureManagers();
if (isWanted('smoke') || isWanted(cluster)) env = await ensureLanguages(env);
if (isWanted('smoke') || isWanted('abi') || isWanted(cluster)) env = ensureEnvoy(env);
if (isWanted('smoke') || isWanted('mesh') || isWanted(cluster)) env = ensureGoTools(env);
if (isWanted('smoke')) ensureBuildah();
if (isWanted('shells')) ensureShells();
if (isWanted(cluster)) {
  ensureEtcd();
  env = ensureControlPlanes(env);
}

const results = [
  ...checks.filter(isWanted).map(runCheck),
  ...(await runSuites(suites.filter(isWanted))),
  ...(await runSuites([cluster].filter(isWanted), ['unshare', '--net', '--mount', '--propagation=private'])),
];
/** @param {'passed' | 'failed'} key */
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') === 0 ? 0 : 1;

/**
 * Runs a script of package.json, which counts as one test.
 *
 * @param {string} name
 */
function runCheck(name) {
  console.log(`\n· ${name}`);
  const isFine = run('npm', ['run', '--silent', name]);
  return { passed: Number(isFine), failed: Number(!isFine) };
}

/**
 * Runs suites of vitest and returns how many tests passed and failed. A test that was skipped counts as failed.
 *
 * @param {readonly string[]} names
 * @param {readonly string[]} wrapper A command that runs vitest.
 */
async function runSuites(names, wrapper = []) {
  if (names.length === 0) return [];
  for (const { file, needs } of listInapplicable(process.platform)) {
    console.log(`· Excluded on this system: ${file} (needs ${needs})`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'create-envoy-filter-test-'));
  const report = join(folder, 'report.json');
  const projects = names.flatMap((name) => ['--project', name]);
  const reporters = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${report}`];
  const vitest = ['npx', 'vitest', 'run', ...projects, ...reporters, ...options];
  const [command = '', ...words] = [...wrapper, ...vitest];
  const isFine = run(command, words);
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  rmSync(folder, { recursive: true });
  if (isFine && process.env.ENVOYS === 'all' && names.includes('smoke')) {
    await (await import('./proof.mjs')).writeProof(testResults);
  }
  const notRun = options.length > 0 ? 0 : numPendingTests + numTodoTests;
  return [{ passed: numPassedTests, failed: Math.max(numFailedTests + notRun, Number(!isFine)) }];
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function run(command, args) {
  return (
    spawnSync(command, args, { cwd: root, env, shell, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
  );
}
