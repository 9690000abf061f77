import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import { listAll, makeFolder } from '../support/folder.ts';
import { cleanEnv } from '../support/tool.ts';

/** What a fetch gave: files with their contents, or an error. */
export type Result = Readonly<{
  commit?: string;
  files?: Readonly<Record<string, string>>;
  executable?: readonly string[];
  error?: string;
}>;

/** How a fetch is run. `prefix` is a command that runs it, such as one that cuts the network. */
export type How = Readonly<{
  env?: NodeJS.ProcessEnv;
  prefix?: readonly string[];
  flags?: readonly string[];
  whileRunning?: (kill: (signal: NodeJS.Signals) => void) => Promise<void>;
}>;

/** A user's machine: a cache, a folder for temporary files, and a home without settings. */
export class Machine {
  readonly folder = makeFolder();
  readonly cache = join(this.folder, 'cache/create-envoy-filter');

  constructor() {
    for (const name of ['cache', 'home', 'temporary', 'cwd']) mkdirSync(join(this.folder, name));
  }

  /** What is left in the folder for temporary files. */
  listTemporary(): readonly string[] {
    return listAll(join(this.folder, 'temporary'));
  }

  /** Fetches a template in a process of its own. */
  async fetch(source: string, { env, prefix = [], flags = [], whileRunning }: How = {}): Promise<Result> {
    const [program = '', ...args] = [...prefix, process.execPath, inject('driver'), source, ...flags];
    const child = spawn(program, args, {
      cwd: join(this.folder, 'cwd'),
      env: {
        ...cleanEnv(),
        HOME: join(this.folder, 'home'),
        TMPDIR: join(this.folder, 'temporary'),
        XDG_CACHE_HOME: join(this.folder, 'cache'),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    });
    const ended = once(child, 'close');
    const output = Promise.all([text(child.stdout), text(child.stderr)]);
    await whileRunning?.((signal) => child.kill(signal));
    const [stdout, stderr] = await output;
    const [status] = await ended;
    if (stdout === '') throw new Error(`the fetch ended with ${status}:\n${stderr}`);
    return JSON.parse(stdout);
  }
}
