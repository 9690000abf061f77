// Measures sizes and speed, compares them with their goals and with other tools, and exits with 1 if a goal is missed.
// With --write, the comparison replaces the one in README.md.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './command.mjs';
import { buildTool, ensureLanguages, ensurePackages } from './setup.mjs';

ensurePackages();
buildTool();
const env = await ensureLanguages(process.env);
const { compareTools } = await import('./bench/comparison.mjs');
const { measurePackage, report } = await import('./bench/goals.mjs');
const { measureModules } = await import('./bench/modules.mjs');
const { formatTable, writeTable } = await import('./bench/table.mjs');
const folder = mkdtempSync(join(tmpdir(), 'create-envoy-filter-bench-'));
try {
  const { ours, rivals } = await compareTools(folder);
  const table = formatTable([ours, ...rivals]);
  console.log(`\n${table}`);
  if (process.argv.includes('--write')) writeTable(`${root}README.md`, table);
  const reached = report([...measurePackage(ours), ...(await measureModules(ours.bin, folder, env))]);
  process.exitCode = reached ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
