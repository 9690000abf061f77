/** Starts a real Envoy with the built module, and always stops it. */

import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

const BOOTSTRAP = "envoy-bootstrap.yml";
const PATIENCE = 30_000;

/**
 * Becomes Envoy, beside which a watcher waits for the end of the input and then cleans up. The input
 * comes from this test process, so it ends when the process does, even by a signal.
 */
const RUN_ENVOY = `
exec 3<&0
{ read -r _ <&3; kill -9 $$; rm -f "$1" "$2"; } >/dev/null 2>&1 &
exec "\${ENVOY:?names no Envoy: run the tests by 'make test'}" --disable-hot-restart --concurrency 2 \\
    -l error --config-path "$1" --admin-address-path "$2" 3<&- </dev/null
`;

// `node --test` runs every file in a process of its own, which would outlive a runner that is killed.
const RUNNER = process.ppid;
setInterval(() => process.ppid === RUNNER || process.exit(1), 200).unref();

/**
 * An Envoy with envoy-bootstrap.yml on ports that are free, and with another plugin configuration if one
 * is given. It stops when the test `t` ends. Where it does not start, this throws what it has logged.
 */
export function startEnvoy(t, configuration) {
  return runEnvoy(t, configuration === undefined ? bootstrap() : withConfiguration(bootstrap(), configuration));
}

/** As `startEnvoy`, with another bootstrap, such as a changed `bootstrap()`. */
export async function runEnvoy(t, bootstrap) {
  const envoy = new Envoy(bootstrap);
  t.after(() => envoy.stop());
  await envoy.start();
  return envoy;
}

class Envoy {
  static #started = 0;
  #process;
  #log;
  #hasEnded = false;
  #adminFile;
  #admin;
  #listeners;

  constructor(bootstrap) {
    const files = `build/test/envoy-${process.pid}-${Envoy.#started++}`;
    const config = `${files}.yml`;
    this.#adminFile = `${files}.admin`;
    writeFileSync(config, bootstrap);
    this.#process = spawn("sh", ["-c", RUN_ENVOY, "sh", config, this.#adminFile], {
      stdio: ["pipe", "ignore", "pipe"],
    });
    // The log ends when Envoy does.
    this.#log = text(this.#process.stderr).finally(() => {
      this.#hasEnded = true;
    });
  }

  async start() {
    const hasAnswered = await eventually(async () => (await this.#isReady()) || this.#hasEnded);
    if (!hasAnswered || this.#hasEnded) throw new Error(`Envoy does not start:\n${await this.stop()}`);
  }

  /** Kills Envoy and gives all that it has logged. */
  async stop() {
    this.#process.stdin.destroy();
    return await this.#log;
  }

  /** `host:port` of a listener of envoy-bootstrap.yml. */
  address(listener) {
    return this.#listeners[listener];
  }

  /** A counter or gauge, as under `/stats` of the admin port. */
  async stat(name) {
    const stats = await get(`http://${this.#admin}/stats?filter=^${name}$`);
    return Number(stats.trim().split(" ").at(-1));
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

/** Waits until `condition`, which may be asynchronous, holds; gives `false` if it does not within half a minute. */
export async function eventually(condition) {
  const deadline = Date.now() + PATIENCE;
  while (!(await condition())) {
    if (Date.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

/** What `url` answers, undefined unless with 200. */
async function get(url) {
  const response = await fetch(url).catch(() => undefined);
  return response?.ok ? await response.text() : undefined;
}

/**
 * envoy-bootstrap.yml, the ports marked `# PORT`, `# ADMIN_PORT` and the like replaced by free ones: for 0 Envoy chooses
 * one.
 */
export function bootstrap() {
  return readFileSync(BOOTSTRAP, "utf8").replace(/(?<=port_value: )\d+(?=.*PORT$)/gm, "0");
}

/** Puts `configuration` in the place of the first `value:` and of the lines that belong to it, those indented deeper. */
export function withConfiguration(bootstrap, configuration) {
  return bootstrap.replace(
    /^( *)value: .*\n(?:\1 .*\n)*/m,
    (_, indent) => `${indent}value: ${JSON.stringify(configuration)}\n`,
  );
}
