// Measures what filters cost: the CPU time that they add to a request.
import { readdirSync, readFileSync } from 'node:fs';
import { describeEnvoy, repetitions } from './chains.mjs';
import { Client } from './client.mjs';
import { startEnvoy } from './envoy.mjs';

/** Many short rounds, in which the filters take turns: other load on the machine then disturbs all of them alike. */
const rounds = 60;
const requests = 300;
/** After these, V8 has optimised the modules. */
const warmUp = 4_000;

/** What each filter adds to the request. */
const proof = /^x-(hello: Hello world from example\.com|auth-user: alice)\r$/m;

/**
 * Runs an Envoy in which listeners have each of these filters several times in a row. Returns the microseconds that
 * each filter adds to a request: the median of the rounds.
 *
 * @param {Readonly<Record<string, import('./chains.mjs').Piece>>} filters that set `x-hello` or `x-auth-user`
 * @param {string} folder for files
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Readonly<Record<string, number>>>}
 */
export async function measureCosts(filters, folder, env) {
  const envoy = await startEnvoy(describeEnvoy(filters), folder, env);
  /** @type {Client[]} */
  const clients = [];
  try {
    for (const name of ['none', ...Object.keys(filters)]) {
      const client = await Client.connect(name, await envoy.findPort(name));
      clients.push(client);
      const response = await client.get('/hello');
      if (name !== 'none' && !proof.test(response))
        throw new Error(`${name} does not change the request:\n${response}`);
      await send(client, warmUp);
    }
    return subtractFirst(await takeRounds(clients, envoy.pid));
  } finally {
    for (const client of clients) client.close();
    await envoy.stop();
  }
}

/**
 * Returns the median of the CPU time that Envoy spends on a request of each client, in microseconds.
 *
 * @param {readonly Client[]} clients
 * @param {number} pid
 */
async function takeRounds(clients, pid) {
  const times = clients.map(({ name }) => ({ name, own: /** @type {number[]} */ ([]) }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, client] of clients.entries()) {
      const before = readCpuTime(pid);
      await send(client, requests);
      times[index]?.own.push((readCpuTime(pid) - before) / requests);
    }
  }
  return times.map(({ name, own }) => ({ name, time: findMedian(own) }));
}

/**
 * The time of each filter, which is that of its chain without that of the first, which has none.
 *
 * @param {readonly { name: string, time: number }[]} times
 */
function subtractFirst([none, ...chains]) {
  return Object.fromEntries(chains.map(({ name, time }) => [name, (time - (none?.time ?? 0)) / repetitions]));
}

/**
 * @param {Client} client
 * @param {number} count
 */
async function send(client, count) {
  for (let sent = 0; sent < count; sent++) await client.get('/');
}

/**
 * The CPU time of all threads of a process so far, in microseconds, as Linux counts it.
 *
 * @param {number} pid
 */
function readCpuTime(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const times = threads.map(
    (thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0],
  );
  return times.reduce((total, nanoseconds) => total + Number(nanoseconds) / 1000, 0);
}

/** @param {readonly number[]} numbers */
function findMedian(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
