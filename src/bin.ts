#!/usr/bin/env node
import { run, type World } from './cli.ts';
import { ConflictError } from './errors.ts';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 20 || (major === 20 && minor >= 12)) {
  const stop = new AbortController();
  let isHungUp = false;
  // A second signal ends the process at once, as usual.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());
  process.once('SIGHUP', () => {
    isHungUp = true;
    stop.abort();
  });
  run(createWorld(stop.signal)).then(async (exitCode) => {
    process.exitCode = exitCode;
    if (isHungUp || (await isTerminalGone())) hangUp();
  });
} else {
  process.stderr.write(`error: Node.js 20.12 or newer is required; this is ${process.versions.node}\n`);
  process.stderr.write('hint: install a newer version, for example with: nvm install --lts\n');
  process.exitCode = 1;
}

function createWorld(signal: AbortSignal): World {
  return {
    argv: process.argv.slice(2),
    get cwd() {
      return findCwd();
    },
    env: process.env,
    // Opened on first use: most runs need no stdin.
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      return process.stderr;
    },
    signal,
  };
}

function findCwd(): string {
  try {
    return process.cwd();
  } catch {
    throw new ConflictError('the current directory no longer exists', 'change to another one: cd ~');
  }
}

async function isTerminalGone(): Promise<boolean> {
  return process.stdout.isTTY && !(await import('node:tty')).isatty(process.stdout.fd);
}

/** Ends the process by SIGHUP: on a normal exit, Node would abort because it cannot reset a terminal that is gone. */
function hangUp(): void {
  process.removeAllListeners('SIGHUP');
  // Windows has no SIGHUP, and Node does not abort there.
  if (process.platform !== 'win32') process.kill(process.pid, 'SIGHUP');
}
