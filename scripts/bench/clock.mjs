// Measures how long commands take.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Bash's TIMEFORMAT for each clock: the sum of its numbers is the time. */
const formats = { wall: '%3R 0', cpu: '%3U %3S' };

/** @typedef {ReadonlyMap<string, readonly number[]>} Times the seconds that each command took in each turn */

/**
 * Measures commands that take turns, so that the machine is in the same state for all.
 *
 * @param {keyof typeof formats} clock
 * @param {readonly string[]} commands that may make the folders `made` and `cache`
 * @param {{ turns: number, cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<Times>}
 */
export async function takeTurns(clock, commands, { turns, cwd, env }) {
  const times = new Map(commands.map((command) => [command, /** @type {number[]} */ ([])]));
  for (let turn = 0; turn < turns; turn++) {
    for (const [command, own] of times) {
      const script = `rm -rf made cache; TIMEFORMAT='${formats[clock]}'; time ${command} >output 2>&1 </dev/null`;
      const { stderr } = await execute('bash', ['-c', script], { cwd, env });
      const seconds = stderr.trim().split(' ').map(Number);
      own.push(seconds.reduce((total, part) => total + part, 0));
    }
  }
  return times;
}

/**
 * How many times as long as the second command the first one takes. Compares the turn that a fifth of the turns beat:
 * other load on the machine disturbs quick turns least.
 *
 * @param {Times} times
 * @param {string} first
 * @param {string} second
 */
export function compare(times, first, second) {
  return findQuickTurn(times.get(first) ?? []) / findQuickTurn(times.get(second) ?? []);
}

/** @param {readonly number[]} times */
function findQuickTurn(times) {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 5)] ?? Number.NaN;
}
