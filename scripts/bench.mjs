// Measures sizes and speed, compares them with their goals and with other tools, and exits with 1 if a goal is missed.
// With --write, the comparison replaces the one in README.md. With `cost`, measures only what the filters cost in Envoy, with
// `dev` only how fast `make dev` swaps; `dev --minutes 60` saves every ten seconds under load for an hour.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './command.mjs';
import { buildTool, ensureEnvoy, ensureLanguages, ensurePackages } from './setup.mjs';
import { writeTable } from './table.mjs';

ensurePackages();
buildTool();
const env = await ensureLanguages(ensureEnvoy(process.env));
const { compareTools } = await import('./bench/comparison.mjs');
const { measurePackage, report } = await import('./bench/goals.mjs');
const { buildModules, compareCosts, measureSizes } = await import('./bench/modules.mjs');
const { endureDev, measureDev } = await import('./bench/dev.mjs');
const { formatTable } = await import('./bench/table.mjs');
const folder = mkdtempSync(join(tmpdir(), 'create-envoy-filter-bench-'));

async function measureAll() {
  const { ours, rivals } = await compareTools(folder);
  const table = formatTable([ours, ...rivals]);
  console.log(`\n${table}`);
  if (process.argv.includes('--write')) writeTable('npm run bench -- --write', table);
  const modules = buildModules(ours.bin, folder, env);
  const sizes = await measureSizes(modules);
  const costs = await compareCosts(modules, folder, env);
  return [...measurePackage(ours), ...sizes, ...costs, ...(await measureDev(ours.bin, folder, env))];
}

function measureCost() {
  return compareCosts(buildModules(`${root}dist/bin.cjs`, folder, env, ['hello', 'auth']), folder, env);
}

function measureReloads() {
  const bin = `${root}dist/bin.cjs`;
  const option = process.argv.indexOf('--minutes');
  return option < 0
    ? measureDev(bin, folder, env)
    : endureDev(Number(process.argv[option + 1]), bin, folder, env);
}

function measure() {
  if (process.argv.includes('cost')) return measureCost();
  return process.argv.includes('dev') ? measureReloads() : measureAll();
}

try {
  const measurements = await measure();
  process.exitCode = report(measurements) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
