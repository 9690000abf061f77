// Measures sizes and speed, and exits with 1 if one misses its goal. Times are ratios of two commands that take turns,
// so that other load on the machine affects both alike.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageGoals } from './goals.mjs';
import { buildTool, ensureLanguages, ensurePackages } from './setup.mjs';

const TURNS = 31;
/** Bash's TIMEFORMAT for each clock: the sum of its numbers is the time. */
const formats = { wall: '%3R 0', cpu: '%3U %3S' };
const root = fileURLToPath(new URL('..', import.meta.url));

ensurePackages();
buildTool();
const env = await ensureLanguages(process.env);
const { languages, templates } = await import('./registry.mjs');
const folder = mkdtempSync(join(tmpdir(), 'create-envoy-filter-bench-'));
try {
  const rows = [...measurePackage(), ...measureSpeed(), ...(await measureModules())];
  for (const [what, value, goal] of rows) {
    const verdict = value > goal ? 'MISSED' : '';
    console.log(`${what.padEnd(56)}${show(value).padStart(9)}   goal ≤ ${show(goal).padEnd(9)}${verdict}`);
  }
  process.exitCode = rows.some(([, value, goal]) => value > goal) ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true });
}

/** The size of the tarball, and what installing it adds. */
function measurePackage() {
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], root));
  run('npm', ['install', '--no-audit', '--no-fund', `./${packed.filename}`], folder);
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  const installed = Object.entries(packages).filter(([path]) => path !== '');
  const withScripts = installed.filter(([, { hasInstallScript }]) => hasInstallScript);
  return [
    ['tarball, bytes', packed.size, packageGoals.tarball],
    ['unpacked, bytes', packed.unpackedSize, packageGoals.unpacked],
    ['packages installed', installed.length, 1],
    ['packages with lifecycle scripts', withScripts.length, 0],
  ];
}

/** The installed command, compared with Node itself and with create-vite. */
function measureSpeed() {
  const rival = join(folder, 'rival');
  mkdirSync(rival);
  run('npm', ['install', '--no-audit', '--no-fund', '--prefix', rival, 'create-vite@9.3.0'], rival);
  const ours = join(folder, 'node_modules/create-envoy-filter/dist/bin.cjs');
  const vite = join(rival, 'node_modules/create-vite/index.js');
  /** @param {string} language */
  const generate = (language) => `node ${ours} made --language ${language} --template ${templates[0].id}`;
  const generateVite = `node ${vite} made --template vanilla-ts --no-interactive`;
  return [
    ['--help, wall time / `node -e 0`', compare('wall', `node ${ours} --help`, 'node -e 0'), 1.2],
    ...languages.map(({ id }) => [
      `generating (${id}), CPU time / create-vite`,
      compare('cpu', generate(id), generateVite),
      1,
    ]),
  ];
}

/** The size of the module of each new project. */
async function measureModules() {
  const rows = [];
  for (const { id: language } of languages) {
    const { moduleGoal } = await import(`./languages/${language}.mjs`);
    for (const { id: template } of templates) {
      const name = `${language}-${template}`;
      run('npx', ['create-envoy-filter', name, '--language', language, '--template', template], folder);
      run('make', ['build'], join(folder, name));
      const { size } = statSync(join(folder, name, 'build/plugin.wasm'));
      rows.push([`module of ${language} ${template}, bytes`, size, moduleGoal]);
    }
  }
  return rows;
}

/**
 * How many times as long as the second command the first one takes: the median of the turns.
 *
 * @param {keyof typeof formats} clock
 * @param {string} first
 * @param {string} second
 */
function compare(clock, first, second) {
  const ratios = Array.from({ length: TURNS }, () => time(clock, first) / time(clock, second));
  return ratios.sort((a, b) => a - b)[(TURNS - 1) / 2] ?? Number.NaN;
}

/**
 * Runs a command and returns the seconds it took.
 *
 * @param {keyof typeof formats} clock
 * @param {string} command
 */
function time(clock, command) {
  const script = `rm -rf made; TIMEFORMAT='${formats[clock]}'; time ${command} >/dev/null 2>&1 </dev/null`;
  const { status, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} failed`);
  return stderr
    .trim()
    .split(' ')
    .reduce((total, seconds) => total + Number(seconds), 0);
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} cwd
 */
function run(command, args, cwd) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} failed:\n${stdout}\n${stderr}`);
  return stdout;
}

/** @param {number} value */
function show(value) {
  return Number.isInteger(value) ? value.toLocaleString('en') : value.toFixed(2);
}
