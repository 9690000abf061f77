import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Env } from '../args.ts';
import { TemplateError } from '../errors.ts';
import { MissingError, UnreachableError } from './errors.ts';
import { tooLarge } from './inspection.ts';
import { limits, maxTarSize, readUpTo } from './limits.ts';

/** The user's git, in an empty repository of ours: no other repository's settings and hooks count. */
export class Git {
  readonly #folder: string;
  readonly #env: Env;
  readonly #signal: AbortSignal;

  constructor(folder: string, env: Env, signal: AbortSignal) {
    this.#folder = folder;
    this.#env = cleanEnv(env, folder);
    this.#signal = signal;
  }

  /** The commit that a branch, tag or HEAD means at the moment. Throws MissingError or UnreachableError. */
  async findCommit(url: string, ref: string): Promise<string> {
    await this.#open(url);
    const names = ref === 'HEAD' ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}^{}`, `refs/tags/${ref}`];
    const output = await this.#run(['ls-remote', '--', url, ...names], url);
    const lines = output
      .toString()
      .split('\n')
      .map((line) => line.split('\t'));
    const commits = new Map(lines.map(([hash, name]) => [name, hash]));
    const commit = names.map((name) => commits.get(name)).find((found) => found !== undefined);
    if (commit !== undefined) return commit;
    throw new MissingError(
      ref === 'HEAD' ? `"${url}" has no commits` : `"${url}" has no branch or tag "${ref}"`,
    );
  }

  /** A commit as a tar archive with a single folder. Throws MissingError, UnreachableError or TemplateError. */
  async archiveCommit(url: string, commit: string): Promise<Buffer> {
    await this.#open(url);
    await this.#run(['fetch', '--quiet', '--depth=1', '--no-tags', '--', url, commit], url);
    // Without the user's settings: a filter could run a program on the files.
    const settings = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    return this.#run(['archive', '--format=tar', '--prefix=template/', commit], url, settings);
  }

  async #open(url: string): Promise<void> {
    mkdirSync(this.#folder, { recursive: true });
    await this.#run(['init', '--quiet', '--bare', '--template='], url);
  }

  /** Runs git and returns its output. Stops it once it prints or stores more than a template may have. */
  async #run(args: readonly string[], url: string, settings: Env = {}): Promise<Buffer> {
    const stop = new AbortController();
    const child = spawn('git', [...options, ...args], {
      cwd: this.#folder,
      env: { ...this.#env, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: AbortSignal.any([this.#signal, stop.signal]),
      windowsHide: true,
    });
    const ended = new Promise<number | Error>((resolve) => {
      let failure: Error | undefined;
      child.on('error', (error) => {
        failure = error;
      });
      child.on('close', (status) => resolve(failure ?? status ?? 1));
    });
    const watch = setInterval(() => {
      if (measure(`${this.#folder}/objects/pack`) > limits.bytes) stop.abort(tooLarge());
    }, 100);
    const output = readUpTo(maxTarSize, child.stdout, tooLarge).catch((error) => stop.abort(error));
    const [status, stdout, stderr] = await Promise.all([ended, output, text(child.stderr)]);
    clearInterval(watch);
    this.#signal.throwIfAborted();
    stop.signal.throwIfAborted();
    if (status === 0 && stdout !== undefined) return stdout;
    throw explain(status, stderr, url);
  }
}

const options = [
  ...['gc.auto=0', 'fetch.unpackLimit=1', 'core.bigFileThreshold=10m', 'protocol.version=2'],
  ...['core.hooksPath=no-hooks', 'fetch.recurseSubmodules=false'],
].flatMap((setting) => ['-c', setting]);

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

const unknown = /could not read Username|Authentication failed|not found|does not (exist|appear)|denied/i;
const unknownCommit = /not our ref|unadvertised object|remote ref/i;

const accessHint =
  'check the spelling; a private repository needs a URL that your git can fetch, such as git@github.com:user/repo.git';

/** Turns what git says into an error of ours. */
function explain(status: number | Error, stderr: string, url: string): TemplateError {
  if (status instanceof Error) {
    const { code, message } = status as NodeJS.ErrnoException;
    const problem = code === 'ENOENT' ? 'git is not installed' : `git cannot be run: ${message}`;
    return new TemplateError(
      `cannot fetch "${url}": ${problem}`,
      'install git: https://git-scm.com/downloads',
    );
  }
  if (unknownCommit.test(stderr)) return new MissingError(`"${url}" does not have this commit`);
  if (unknown.test(stderr))
    return new MissingError(`"${url}" does not exist, or you have no access`, accessHint);
  const lines = stderr
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '' && !/^(warning|hint): /.test(line));
  const line =
    lines.find((text) => /^(fatal|error|ssh): /i.test(text)) ?? lines[0] ?? `git ended with ${status}`;
  return new UnreachableError(`cannot fetch "${url}": ${line.replace(/^(fatal|error): /i, '')}`);
}
