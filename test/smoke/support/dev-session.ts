import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { deploy, findPorts, startDeployment } from '../../../scripts/deployment.mjs';
import { type Change, type Project, replace, replaceMatch } from './project.ts';

/** A `make dev` that runs in a project. */
export class DevSession {
  readonly #project: Project;
  readonly #run: Awaited<ReturnType<typeof deploy>>;
  #read = 0;

  private constructor(project: Project, run: Awaited<ReturnType<typeof deploy>>) {
    this.#project = project;
    this.#run = run;
  }

  /** Starts it on free ports, calls `use` when it serves, and presses Ctrl-C. */
  static async use<Result>(
    project: Project,
    use: (session: DevSession) => Promise<Result>,
    { env = {}, variables = [] }: Readonly<{ env?: NodeJS.ProcessEnv; variables?: readonly string[] }> = {},
  ): Promise<Result> {
    return await DevSession.#use(project, await deploy(project.surroundings(env), variables, 'dev'), use);
  }

  /** As `use`, but make is not the leader of its group: the processes of a group are killed when its leader ends. */
  static async useLed<Result>(
    project: Project,
    use: (session: DevSession) => Promise<Result>,
  ): Promise<Result> {
    const { PORT: port = 0, ADMIN_PORT: adminPort = 0 } = await findPorts(project.directory);
    const lead = 'trap : INT TERM HUP; "$@"; sleep 60';
    const command = ['sh', '-c', lead, 'sh', 'make', 'dev', `PORT=${port}`, `ADMIN_PORT=${adminPort}`];
    const run = await startDeployment(command, { ...project.surroundings(), port, adminPort });
    return await DevSession.#use(project, { ...run, ports: {} }, use);
  }

  static async #use<Result>(
    project: Project,
    run: Awaited<ReturnType<typeof deploy>>,
    use: (session: DevSession) => Promise<Result>,
  ): Promise<Result> {
    const session = new DevSession(project, run);
    try {
      await session.next(/^at start: .*serving \w+ after .*$/m);
      await session.next(/^Try it: .*\n/m);
      return await use(session);
    } catch (error) {
      throw new Error(`${error}\nmake dev has printed:\n${run.output()}`, { cause: error });
    } finally {
      await run.stop();
    }
  }

  get run() {
    return this.#run;
  }

  /** What it has printed since the last text that was waited for. */
  get news(): string {
    return this.#run.output().slice(this.#read);
  }

  /** Waits until it prints this. Returns what it has printed up to there. */
  async next(expected: RegExp): Promise<string> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const found = expected.exec(this.news);
      if (found !== null) {
        const printed = this.news.slice(0, found.index + found[0].length);
        this.#read += printed.length;
        return printed;
      }
      if (this.#run.hasEnded() || Date.now() > deadline) throw new Error(`it does not print ${expected}`);
      await sleep(20);
    }
  }

  /** Changes a file, and waits for what it prints then. */
  async save(path: string, change: Change, expected: RegExp = serving): Promise<string> {
    await this.write(path, change(await this.#project.read(path)));
    return await this.next(expected);
  }

  write(path: string, text: string): Promise<void> {
    return writeFile(join(this.#project.directory, path), text);
  }
}

/** Changes the plugin configuration. */
export const greeting = (text: string): Change => replaceMatch(/"greeting": ".*"/, `"greeting": "${text}"`);

/** Changes the filter's decisions: what is between the greeting and the authority. */
export const preposition = (text: string): Change => replaceMatch(/" \w+ "([,)])/, `" ${text} "$1`);

export const breakSyntax: Change = (source) => `${source}this is no code\n`;
export const fixSyntax: Change = replace('this is no code\n', '');

export const breaking = /^.*: does not build; \w+ is still serving\n/m;
export const rejecting = /^.*: Envoy rejected it; \w+ is still serving\n/m;

/** The line that says what is serving after a change. */
export const serving = /^.*: built \d+ kB, (unchanged, still )?serving \w+ after [\d.]+ s\n/m;

/** The number that the Envoys of the only `make dev` in a project share, and that names their shared memory. */
export async function readBaseId(project: Project): Promise<string> {
  const [state = ''] = await listRemains(project);
  return await readFile(join(project.directory, 'build/dev', state, 'base'), 'utf8');
}

/** What a `make dev` that has ended may have left: files, shared memory, processes of its group. */
export async function findRemains(
  project: Project,
  baseId: string,
  group: number,
): Promise<readonly string[]> {
  const memory = (await readdir('/dev/shm')).filter((name) => name === `envoy_shared_memory_${baseId}0`);
  return [...(await listRemains(project)), ...memory, ...(await listProcesses(group))];
}

async function listRemains(project: Project): Promise<readonly string[]> {
  const names = await readdir(join(project.directory, 'build/dev'));
  return names.filter((name) => name !== 'plugin.wasm');
}

/** The commands of a group's processes, except the one that ends them when the tests end. */
async function listProcesses(group: number): Promise<readonly string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = ids.map(async (id) => {
    const stat = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '');
    const [, state, owner] = /\) (\S) \d+ (\d+)/.exec(stat) ?? [];
    if (Number(owner) !== group || state === 'Z') return [];
    const command = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
    return command.includes('kill -s KILL') || /^(sh -c trap|sleep 60)/.test(command.replaceAll('\0', ' '))
      ? []
      : [command.replaceAll('\0', ' ')];
  });
  return (await Promise.all(commands)).flat();
}
