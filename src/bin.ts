#!/usr/bin/env node
import { run, type World } from './cli.ts';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 20 || (major === 20 && minor >= 12)) {
  run(createWorld()).then((exitCode) => {
    process.exitCode = exitCode;
  });
} else {
  process.stderr.write(`error: Node 20.12 or newer is needed, this is ${process.versions.node}\n`);
  process.stderr.write('hint: install a newer one, for example with: nvm install --lts\n');
  process.exitCode = 1;
}

function createWorld(): World {
  const stop = new AbortController();
  // Once only: a second signal ends the process as it always would.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => stop.abort());
  return {
    argv: process.argv.slice(2),
    cwd: process.cwd(),
    env: process.env,
    // Opened when used: most runs need no stdin.
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      return process.stderr;
    },
    signal: stop.signal,
  };
}
