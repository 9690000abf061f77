// Compares measurements with their goals.
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageGoals, speedGoals } from '../goals.mjs';

/** @typedef {{ what: string, value: number, goal: number }} Measurement a value, and the most that it may be */

/**
 * @param {import('./comparison.mjs').ComparedTool} tool
 * @returns {readonly Measurement[]}
 */
export function measurePackage({
  bin,
  download,
  installed,
  tarballs,
  withScripts,
  help,
  generations,
  times,
}) {
  const dist = dirname(bin);
  const core = readdirSync(dist).filter((file) => /^(bin|create-.*)\.cjs$/.test(file));
  const coreSize = core.reduce((total, file) => total + statSync(join(dist, file)).size, 0);
  return [
    { what: 'tarball, bytes', value: download, goal: packageGoals.tarball },
    { what: 'unpacked, bytes', value: installed, goal: packageGoals.unpacked },
    { what: 'core, bytes', value: coreSize, goal: packageGoals.core },
    { what: 'packages installed', value: tarballs.length, goal: 1 },
    { what: 'packages with install scripts', value: withScripts, goal: 0 },
    { what: '--help, CPU time / `node -e 0`', value: help, goal: speedGoals.help },
    ...generations.map(({ label }, index) => ({
      what: `generating (${label}), CPU time / create-vite`,
      value: times[index] ?? Number.NaN,
      goal: speedGoals.generation,
    })),
  ];
}

/**
 * Prints the measurements. Returns whether all reach their goals.
 *
 * @param {readonly Measurement[]} measurements
 */
export function report(measurements) {
  for (const { what, value, goal } of measurements) {
    const verdict = value <= goal ? '' : 'MISSED';
    console.log(`${what.padEnd(56)}${show(value).padStart(9)}   goal ≤ ${show(goal).padEnd(9)}${verdict}`);
  }
  return measurements.every(({ value, goal }) => value <= goal);
}

/** @param {number} value */
function show(value) {
  return Number.isInteger(value) ? value.toLocaleString('en') : value.toFixed(2);
}
