import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Env } from '../args.ts';
import { MissingError } from './errors.ts';
import { explain } from './git-error.ts';
import { tooLarge } from './inspection.ts';
import { limits, maxTarSize, readUpTo } from './limits.ts';
import type { Repository } from './place.ts';

/** The user's git, for one repository, in an empty repository of ours: no other repository's settings and hooks count. */
export class Git {
  readonly #repository: Repository;
  readonly #folder: string;
  readonly #env: Env;
  readonly #signal: AbortSignal;

  constructor(repository: Repository, folder: string, env: Env, signal: AbortSignal) {
    this.#repository = repository;
    this.#folder = folder;
    this.#env = cleanEnv(env, folder);
    this.#signal = signal;
  }

  /** The commit that a branch, tag or HEAD means at the moment. Throws MissingError or UnreachableError. */
  async findCommit(ref: string): Promise<string> {
    const { url, name } = this.#repository;
    await this.#open();
    const names = ref === 'HEAD' ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}^{}`, `refs/tags/${ref}`];
    const output = await this.#run(['ls-remote', '--', url, ...names]);
    const lines = output
      .toString()
      .split('\n')
      .map((line) => line.split('\t'));
    const commits = new Map(lines.map(([hash, name]) => [name, hash]));
    const commit = names.map((name) => commits.get(name)).find((found) => found !== undefined);
    if (commit !== undefined) return commit;
    if (ref === 'HEAD') {
      const hint = 'commit something there, or name another branch: #branch';
      throw new MissingError(`"${name}" has no commits on its default branch`, hint);
    }
    const hint = /^[\da-f]{4,39}$/i.test(ref) ? 'a commit needs its full hash, of 40 digits' : undefined;
    throw new MissingError(`"${name}" has no branch or tag "${ref}"`, hint);
  }

  /** A commit as a tar archive with a single folder. Throws MissingError, UnreachableError or TemplateError. */
  async archiveCommit(commit: string): Promise<Buffer> {
    await this.#open();
    await this.#run(['fetch', '--quiet', '--depth=1', '--no-tags', '--', this.#repository.url, commit]);
    // Without the user's settings: a filter could run a program on the files.
    const nowhere = { HOME: this.#folder, XDG_CONFIG_HOME: this.#folder };
    const settings = { ...nowhere, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    return this.#run(['archive', '--format=tar', '--prefix=template/', commit], settings);
  }

  async #open(): Promise<void> {
    mkdirSync(this.#folder, { recursive: true });
    await this.#run(['init', '--quiet', '--bare', '--template=']);
  }

  /** Runs git and returns its output. Stops it once it prints or stores more than a template may have. */
  async #run(args: readonly string[], settings: Env = {}): Promise<Buffer> {
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#signal, stop.signal]);
    signal.throwIfAborted();
    // In a group of its own, git ends with its children. But ssh may have to ask for something in the terminal.
    const detached = process.platform !== 'win32' && /^(https|file):/.test(this.#repository.url);
    const child = spawn('git', [...options, ...args], {
      cwd: this.#folder,
      env: { ...this.#env, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached,
      windowsHide: true,
    });
    const ended = new Promise<number | Error>((resolve) => {
      child.on('error', resolve).on('close', (status) => resolve(status ?? 1));
    });
    const kill = () => endProcess(child, detached);
    signal.addEventListener('abort', kill);
    const checkPacks = () => {
      if (measure(join(this.#folder, 'objects/pack')) > limits.bytes) stop.abort(tooLarge('download'));
    };
    const watch = setInterval(checkPacks, 100);
    const output = readUpTo(maxTarSize, child.stdout, () => tooLarge('archive', maxTarSize)).catch((error) =>
      stop.abort(error),
    );
    const messages = text(child.stderr).catch(() => '');
    const [status, stdout, stderr] = await Promise.all([ended, output, messages]);
    clearInterval(watch);
    checkPacks();
    signal.removeEventListener('abort', kill);
    signal.throwIfAborted();
    if (status === 0 && stdout !== undefined) return stdout;
    throw explain(status, stderr, this.#repository);
  }
}

/** Ends git and, if they are in its group, its children; else without waiting for them. */
function endProcess(child: ChildProcessByStdio<null, Readable, Readable>, isGroup: boolean): void {
  if (isGroup && child.pid !== undefined && child.exitCode === null) process.kill(-child.pid);
  else child.kill();
  if (isGroup) return;
  child.stdout.destroy();
  child.stderr.destroy();
}

// Without an unpack limit, small downloads would not be in packs, and nothing would measure them.
const options = ['gc.auto=0', 'fetch.unpackLimit=1', 'protocol.version=2'].flatMap((setting) => [
  '-c',
  setting,
]);

/** Leaves only the variables of git that say how to reach a host. */
function cleanEnv(env: Env, folder: string): Env {
  const kept = /^(?!GIT_)|^GIT_(SSH|SSL|PROXY|HTTP|ASKPASS|EXEC_PATH|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)$)/i;
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => kept.test(name))),
    GIT_DIR: folder,
    GIT_ALLOW_PROTOCOL: 'https:ssh:file',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  };
}

/** The size of the files in a folder, which git is changing. */
function measure(folder: string): number {
  try {
    const sizes = readdirSync(folder).map(
      (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size,
    );
    return sizes.reduce<number>((sum, size = 0) => sum + size, 0);
  } catch {
    return 0;
  }
}
