/**
 * What tests of the module in a real Envoy use:
 *
 * - `startEnvoy`, also with a configuration, and `runEnvoy` with a bootstrap; `address` of a listener, `stat`, `log`.
 *   Envoy is always stopped. If a test fails, its log is printed.
 * - `test`, as node's, with a time-out.
 * - `eventually` waits, `atOnce` does something many times at once.
 * - http-client.js: HTTP clients, also from another source address. connection.js: sends any bytes.
 * - upstream.js: a server that answers as a test wants: late, in pieces, with a reset.
 * - bootstrap.js: the Envoy configuration, and changes of it. crash.js: makes the filter crash.
 */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, fstatSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from "node:fs";
import { test as nodeTest } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { bootstrap, withConfiguration } from "./bootstrap.js";
import { assertIsBuilt } from "./built.js";
import { get } from "./http-client.js";

export const PATIENCE = 30_000;

// `node --test` runs every file in a process of its own, which would outlive a runner that is killed.
const RUNNER = process.ppid;
setInterval(() => process.ppid === RUNNER || process.exit(1), 200).unref();

/** As node's, but a test that waits for what never comes fails after two minutes. */
export function test(name, run) {
  return nodeTest(name, { timeout: 4 * PATIENCE }, run);
}

/**
 * An Envoy with envoy-bootstrap.yml on ports that are free, and with another plugin configuration if one
 * is given. It stops when the test `t` ends. Where it does not start, this throws what it has logged.
 */
export function startEnvoy(t, configuration) {
  return runEnvoy(t, configuration === undefined ? bootstrap() : withConfiguration(bootstrap(), configuration));
}

/** As `startEnvoy`, with another bootstrap, such as a changed `bootstrap()`. */
export async function runEnvoy(t, bootstrap) {
  assertIsBuilt("build/plugin.wasm");
  const envoy = new Envoy(bootstrap);
  await envoy.start();
  t.after(async () => {
    await envoy.stop();
    if (!t.passed) t.diagnostic(`Envoy has logged:\n${envoy.explainedLog()}`);
  });
  return envoy;
}

class Envoy {
  static #started = 0;
  #process;
  #ended;
  #log;
  #adminFile;
  #admin;
  #listeners;

  constructor(bootstrap) {
    const files = `build/test/envoy-${process.pid}-${Envoy.#started++}`;
    const [config, log] = [`${files}.yml`, `${files}.log`];
    this.#adminFile = `${files}.admin`;
    writeFileSync(config, bootstrap);
    this.#log = openSync(log, "w+");
    // The file can still be written and read while it is open.
    rmSync(log);
    // Envoy runs until this input ends, which it does even if this process is killed.
    this.#process = spawn("sh", ["make/watched-envoy.sh", config, this.#adminFile], {
      stdio: ["pipe", "ignore", this.#log],
    });
    this.#ended = once(this.#process, "exit");
  }

  async start() {
    const hasAnswered = await eventually(async () => (await this.#isReady()) || this.#hasEnded());
    if (hasAnswered && !this.#hasEnded()) return;
    await this.stop();
    throw new Error(`Envoy does not start:\n${this.explainedLog()}`);
  }

  /** `host:port` of a listener of envoy-bootstrap.yml. */
  address(listener) {
    return this.#listeners[listener];
  }

  /** A counter or gauge, as under `/stats` of the admin port. */
  async stat(name) {
    const lines = (await get(`http://${this.#admin}/stats`)).split("\n");
    const stats = new Map(lines.map((line) => line.split(": ")));
    if (stats.has(name)) return Number(stats.get(name));
    const similar = [...stats.keys()].sort((a, b) => alike(name, b) - alike(name, a)).slice(0, 5);
    throw new Error(`there is no stat ${name}; similar ones are ${similar.join(", ")}`);
  }

  /** The log so far: Envoy's errors, and what the filter logs at `info` and above. */
  log() {
    const bytes = Buffer.alloc(fstatSync(this.#log).size);
    readSync(this.#log, bytes, 0, bytes.length, 0);
    return bytes.toString();
  }

  /** The log with hints, as `make deploy` gives them. */
  explainedLog() {
    return spawnSync("sh", ["make/explain.sh"], { input: this.log(), encoding: "utf8", maxBuffer: Infinity }).stdout;
  }

  /** Kills Envoy. */
  async stop() {
    this.#process.stdin.destroy();
    await this.#ended;
  }

  #hasEnded() {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  async #isReady() {
    if (!existsSync(this.#adminFile)) return false;
    this.#admin = readFileSync(this.#adminFile, "utf8");
    if ((await get(`http://${this.#admin}/ready`)) === undefined) return false;
    const listeners = await get(`http://${this.#admin}/listeners`);
    this.#listeners = Object.fromEntries(listeners.split("\n").map((line) => line.split("::")));
    return true;
  }
}

/** How many characters two names have in common at their beginning and end. */
function alike(one, other) {
  let [begin, end] = [0, 0];
  while (begin < one.length && one[begin] === other[begin]) begin++;
  while (end < one.length && one.at(-1 - end) === other.at(-1 - end)) end++;
  return begin + end;
}

/** Waits until `condition`, which may be asynchronous, holds; returns `false` if it does not within half a minute. */
export async function eventually(condition) {
  const deadline = Date.now() + PATIENCE;
  while (!(await condition())) {
    if (Date.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

/** Calls `action` `count` times at once, with 0, 1, 2…, and returns the results. */
export function atOnce(count, action) {
  return Promise.all(Array.from({ length: count }, (_, number) => action(number)));
}
