// Runs `make deploy` in a generated project as a person would, in a terminal of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The command, in a process group that is killed when this process ends, whatever ends it: the pipe to it breaks.
 * The watcher is no child of the command (make would wait for it).
 */
const RUN_WATCHED =
  'exec 3<&0; ({ read -r _ <&3; kill -s KILL -- -$$; } >/dev/null 2>&1 &); exec "$@" 3<&- </dev/null';

/**
 * Starts a command as the leader of a process group of its own.
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
    /** What it has printed so far. */
    output: () => output,
    hasEnded: () => leader.exitCode !== null || leader.signalCode !== null,
    /** Waits until it has ended and everything that prints for it; gives its exit status. */
    end: async () => {
      await closed;
      leader.stdin.destroy();
      return leader.exitCode;
    },
    /** @param {NodeJS.Signals} name Sent to all of the group, as Ctrl-C in a terminal sends SIGINT. */
    signal: (name) => {
      if (leader.pid !== undefined) process.kill(-leader.pid, name);
    },
  };
}

/**
 * Deploys the project in `cwd` on free ports; throws as `startDeployment` does.
 *
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @param {readonly string[]} variables More of them for make: `NAME=value`.
 */
export async function deploy(options, variables = []) {
  const [port, adminPort, refreshPort] = await Promise.all([findFreePort(), findFreePort(), findFreePort()]);
  // A project without a port of that name makes nothing of it.
  /** @type {Record<string, number>} */
  const ports = { PORT: port, ADMIN_PORT: adminPort, REFRESH_PORT: refreshPort };
  const moved = Object.entries(ports).map(([name, number]) => `${name}=${number}`);
  const command = ['make', 'deploy', ...moved, ...variables];
  return { ports, ...(await startDeployment(command, { ...options, port, adminPort })) };
}

/**
 * Runs a command that deploys the project in `cwd` on these ports.
 * Throws with what was printed if Envoy ends or is not ready within two minutes, building included.
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
      throw new Error(`${command.join(' ')} has ended with ${await group.end()}:\n${group.output()}`);
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
    /** Presses Ctrl-C and waits until make and Envoy have ended. */
    stop: () => stop('SIGINT'),
  };
}

/** Gives a port of the loopback interface that nothing listens on. */
export async function findFreePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  return port;
}

/** @param {string} admin */
async function isReady(admin) {
  const answer = await fetch(`${admin}/ready`).catch(() => undefined);
  return answer?.ok === true;
}
