// Runs `make deploy` in a generated project, as a user would in a terminal.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs a command and kills its process group when this process ends: that breaks the pipe that the watcher reads,
 * even after SIGKILL. The watcher must not be a child of the command, since make would wait for it.
 */
const RUN_WATCHED =
  'exec 3<&0; ({ read -r _ <&3; kill -s KILL -- -$$; } >/dev/null 2>&1 &); exec "$@" 3<&- </dev/null';

/**
 * Starts a command in a process group of its own.
 *
 * @param {string[]} command
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 */
export function startGroup(command, options) {
  const leader = spawn('sh', ['-c', RUN_WATCHED, 'sh', ...command], { ...options, detached: true });
  let output = '';
  for (const stream of [leader.stdout, leader.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const closed = once(leader, 'close');
  return {
    pid: leader.pid,
    /** The output so far. */
    output: () => output,
    hasEnded: () => leader.exitCode !== null || leader.signalCode !== null,
    /** Waits until the command and all processes that share its output have ended. Returns its exit status. */
    end: async () => {
      await closed;
      leader.stdin.destroy();
      return leader.exitCode;
    },
    /** @param {NodeJS.Signals} name Sent to the whole group, as a terminal sends SIGINT on Ctrl-C. */
    signal: (name) => {
      if (leader.pid !== undefined) process.kill(-leader.pid, name);
    },
  };
}

/**
 * Deploys the project in `cwd` on free ports. Throws as `startDeployment` does.
 *
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @param {readonly string[]} variables Further variables for make: `NAME=value`.
 * @param {string} target that runs Envoy in the foreground
 */
export async function deploy(options, variables = [], target = 'deploy') {
  const ports = await findPorts(options.cwd);
  const { PORT: port = 0, ADMIN_PORT: adminPort = 0 } = ports;
  const moved = Object.entries(ports).map(([name, number]) => `${name}=${number}`);
  const command = ['make', target, ...moved, ...variables];
  return { ports, ...(await startDeployment(command, { ...options, port, adminPort })) };
}

/**
 * Runs a command that deploys the project in `cwd` on these ports, and waits until Envoy is ready.
 * Throws with the output if the command ends, or if Envoy is not ready within two minutes, including the build.
 *
 * @param {string[]} command
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, port: number, adminPort: number }} options
 */
export async function startDeployment(command, { port, adminPort, ...options }) {
  const group = startGroup(command, options);
  const admin = `http://127.0.0.1:${adminPort}`;
  /** @param {NodeJS.Signals} signal */
  const stop = async (signal) => {
    if (!group.hasEnded()) group.signal(signal);
    await group.end();
  };
  const deadline = Date.now() + 120_000;
  while (!(await isReady(admin))) {
    if (group.hasEnded() || Date.now() > deadline) {
      await stop('SIGKILL');
      throw new Error(`${command.join(' ')} ended with ${await group.end()}:\n${group.output()}`);
    }
    await sleep(50);
  }
  return {
    command,
    /** The process of make; Envoy is its child. */
    pid: group.pid,
    port,
    adminPort,
    admin,
    url: `http://localhost:${port}`,
    output: group.output,
    hasEnded: group.hasEnded,
    /** Presses Ctrl-C and waits until make and Envoy have ended. */
    stop: () => stop('SIGINT'),
  };
}

/**
 * Finds a free port for each that the bootstrap of a project names.
 *
 * @param {string} project
 * @returns {Promise<Record<string, number>>}
 */
export async function findPorts(project) {
  const bootstrap = readFileSync(join(project, 'envoy-bootstrap.yml'), 'utf8');
  const names = new Set([...bootstrap.matchAll(/# ([A-Z_]*PORT)$/gm)].map(([, name = '']) => name));
  const found = [...names].map(async (name) => [name, await findFreePort()]);
  return Object.fromEntries(await Promise.all(found));
}

// Other processes that look for ports start elsewhere. Below 32768, no system gives a port to a client, which could take it
// before Envoy does.
let lastPort = 20_000 + ((process.pid * 1009) % 12_000);

/** A port of the loopback interface that nothing listens on. */
export async function findFreePort() {
  for (;;) {
    lastPort = lastPort < 31_999 ? lastPort + 1 : 20_000;
    const port = lastPort;
    const server = createServer();
    const isFree = await new Promise((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    server.close();
    return port;
  }
}

/** @param {string} admin */
async function isReady(admin) {
  const answer = await fetch(`${admin}/ready`).catch(() => undefined);
  return answer?.ok === true;
}
