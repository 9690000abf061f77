#!/usr/bin/env node
import { run, type World } from './cli.ts';
import { EnvironmentError } from './errors.ts';
import { restoreArguments } from './npm.ts';
import { toFailed } from './outcome.ts';
import { openOutput } from './output.ts';
import { report } from './report.ts';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
// 20.12 and 21 lack what the prompts colour text with.
if (major >= 22 || (major === 20 && minor >= 13)) main();
else refuse(process.versions.node);

function main(): void {
  let isHungUp = false;
  let isOver = false;
  let stop: AbortController | undefined;
  // Listening to signals takes time that `--help` does not need.
  const getStop = () => {
    stop ??= stopOnSignals(() => {
      isHungUp = true;
    });
    return stop;
  };
  const world = createWorld(() => getStop().signal);
  const end = async (exitCode: number) => {
    isOver = true;
    process.exitCode = exitCode;
    if (isHungUp || (await isTerminalGone(world))) hangUp();
  };
  // An error in an event that nothing awaits. The run stops, and reports it.
  process.once('uncaughtException', (error) => getStop().abort(error));
  // Without this, Node would exit with 0 although the run has not ended.
  process.once('beforeExit', () => {
    if (isOver) return;
    const reason = world.signal.reason ?? new Error('there is nothing left to wait for');
    report(toFailed(reason, world.signal), world).then(end);
  });
  run(world).then(end);
}

/** Time for npm to pass on Ctrl-C, in milliseconds: the terminal has sent it to both. */
const grace = 1000;

/** Stops the run at a signal. A later one ends the process at once, as usual. */
function stopOnSignals(onHangUp: () => void): AbortController {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      stop.abort();
      setTimeout(() => process.removeAllListeners(signal), grace).unref();
    });
  }
  process.once('SIGHUP', () => {
    onHangUp();
    stop.abort();
  });
  return stop;
}

function refuse(version: string): void {
  const error = new EnvironmentError(
    `Node.js 20.13 or newer, except 21, is required; this is ${version}`,
    'install a newer version, for example with: nvm install --lts',
  );
  const { env, stdout, stderr } = process;
  report({ kind: 'failed', error }, { argv: findArguments(), env, stdout, stderr }).then((exitCode) => {
    process.exitCode = exitCode;
  });
}

function createWorld(getSignal: () => AbortSignal): World {
  return {
    argv: findArguments(),
    get cwd() {
      return findCwd();
    },
    env: process.env,
    // Opened on first use: most runs need no stdin.
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return openOutput(1, () => process.stdout);
    },
    get stderr() {
      return process.stderr;
    },
    get signal() {
      return getSignal();
    },
  };
}

function findArguments(): readonly string[] {
  return restoreArguments(process.argv.slice(2), process.env);
}

function findCwd(): string {
  try {
    return process.cwd();
  } catch {
    throw new EnvironmentError('the current directory no longer exists', 'change to another one: cd ~');
  }
}

async function isTerminalGone({ stdout }: World): Promise<boolean> {
  return stdout.isTTY === true && !(await import('node:tty')).isatty(1);
}

/** Ends the process by SIGHUP: on a normal exit, Node would abort because it cannot reset a terminal that is gone. */
function hangUp(): void {
  process.removeAllListeners('SIGHUP');
  // Windows has no SIGHUP, and Node does not abort there.
  if (process.platform !== 'win32') process.kill(process.pid, 'SIGHUP');
}
