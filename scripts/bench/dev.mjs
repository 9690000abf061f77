// Measures `make dev`: how long it takes from a save to the first answer of the new filter; and how it endures.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { deploy } from '../deployment.mjs';
import { askOnce, startLoad } from '../load.mjs';
import { languages } from '../registry.mjs';
import { runQuietly } from './installation.mjs';

const SAVES = 15;

/**
 * Returns the median time from save to served in each language, in seconds, with its goal.
 *
 * @param {string} bin
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<import('./goals.mjs').Measurement[]>}
 */
export async function measureDev(bin, folder, env) {
  const measurements = [];
  for (const { id, label, files } of languages) {
    console.log(`· Saving ${SAVES} times while \`make dev\` runs: ${label}`);
    const { devGoal } = await import(`../languages/${id}.mjs`);
    const times = await useFilter(id, bin, folder, env, async (cwd, { port }) => {
      const taken = [];
      for (let index = 0; index < SAVES; index++) {
        // The Envoy before the last must be gone, as it is when a person saves.
        await sleep(2_500);
        taken.push(await timeSave(join(cwd, files.filter), `save${index}`, port));
      }
      return taken;
    });
    console.log(`  ${times.map((time) => time.toFixed(2)).join(' ')} s`);
    const value = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
    measurements.push({ what: `make dev in ${id}, save to served, seconds`, value, goal: devGoal });
  }
  return measurements;
}

/**
 * Saves every ten seconds under load, and prints what that costs. Returns the number of failed requests, with its goal.
 *
 * @param {number} minutes
 * @param {string} bin
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<import('./goals.mjs').Measurement[]>}
 */
export async function endureDev(minutes, bin, folder, env) {
  const runs = languages.map(async ({ id, files }) => {
    return await useFilter(id, bin, folder, env, async (cwd, { port, pid = 0, output }) => {
      const before = await describeGroup(pid);
      const load = startLoad(
        port,
        (answer) => answer.startsWith('200 ') && answer.includes('"x-hello": "Hello '),
      );
      const end = Date.now() + minutes * 60_000;
      const times = [];
      while (Date.now() < end) {
        const time = await timeSave(join(cwd, files.filter), `save${times.length}`, port);
        times.push(time);
        await sleep(10_000 - 1_000 * time);
      }
      await load.stop();
      const after = await describeGroup(pid);
      const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
      const swaps = output().match(/, serving \w+ after /g)?.length;
      console.log(
        `${id}: ${times.length} saves, ${swaps} lines of what serves, median ${median.toFixed(2)} s;`,
      );
      console.log(
        `  ${load.count().toLocaleString('en')} requests, ${load.failures.length} failed; ${load.failures[0] ?? ''}`,
      );
      console.log(`  at first: ${before}\n  at last:  ${after}`);
      return { what: `make dev in ${id}, failed requests`, value: load.failures.length, goal: 0 };
    });
  });
  return await Promise.all(runs);
}

/**
 * Generates a filter, runs `make dev` in it, and presses Ctrl-C after `use`.
 *
 * @template Result
 * @param {string} language
 * @param {string} bin
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @param {(cwd: string, run: Awaited<ReturnType<typeof deploy>>) => Promise<Result>} use
 */
async function useFilter(language, bin, folder, env, use) {
  const name = `${language}-dev`;
  const cwd = join(folder, name);
  runQuietly('node', [bin, name, '--language', language, '--template', 'hello'], folder, env);
  runQuietly('make', ['dev-build'], cwd, env);
  const run = await deploy({ cwd, env }, [], 'dev');
  try {
    return await use(cwd, run);
  } catch (error) {
    throw new Error(`make dev fails:\n${run.output()}`, { cause: error });
  } finally {
    await run.stop();
  }
}

/**
 * Changes a word of the filter's source. Returns the seconds until a new connection gets it.
 *
 * @param {string} file
 * @param {string} word
 * @param {number} port
 */
async function timeSave(file, word, port) {
  writeFileSync(file, readFileSync(file, 'utf8').replace(/" \w+ "([,)])/, `" ${word} "$1`));
  const start = performance.now();
  while (!(await askOnce(port)).includes(` ${word} `)) {
    if (performance.now() > start + 60_000) throw new Error(`${word} is not served`);
    await sleep(20);
  }
  return (performance.now() - start) / 1_000;
}

/**
 * The processes of a group, when only one Envoy is left, and their memory. Linux only.
 *
 * @param {number} group
 */
async function describeGroup(group) {
  await sleep(4_000);
  const processes = readdirSync('/proc').flatMap((id) => {
    if (!/^\d+$/.test(id)) return [];
    try {
      const [, name, owner] = /\((.*)\) \S \d+ (\d+)/.exec(readFileSync(`/proc/${id}/stat`, 'utf8')) ?? [];
      const memory = readFileSync(`/proc/${id}/status`, 'utf8').match(/^VmRSS:\s+(\d+)/m)?.[1];
      return Number(owner) === group ? [`${name} ${Math.round(Number(memory ?? 0) / 1000)} MB`] : [];
    } catch {
      // It has ended.
      return [];
    }
  });
  return `${processes.length} processes: ${processes.join(', ')}`;
}
