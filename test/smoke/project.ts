import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { deploy } from '../../scripts/deployment.mjs';
import type { Language } from '../../src/languages/index.ts';
import type { Template } from '../../src/templates/index.ts';
import { type Outcome, runToEnd, tryToRun } from './command.ts';

const bootstrap = 'envoy-bootstrap.yml';

/** A change of a file's text. */
export type Change = (text: string) => string;

/** An Envoy that `make deploy` runs. */
export type Deployment = Awaited<ReturnType<typeof deploy>>;

/** A generated project on disk, known by its Makefile and its files alone. */
export class Project {
  readonly #folder: string;
  readonly directory: string;

  private constructor(folder: string, name: string) {
    this.#folder = folder;
    this.directory = join(folder, name);
  }

  /** Takes the installed command and the answers; gives the project it generates. */
  static async create(bin: string, language: Language, template: Template): Promise<Project> {
    const folder = await mkdtemp(join(tmpdir(), 'create-envoy-filter-smoke-'));
    const name = `smoke-${language.id}-${template.id}`;
    await runToEnd([bin, name, '--language', language.id, '--template', template.id], { cwd: folder });
    return new Project(folder, name);
  }

  /** Takes variables that differ from this process's; gives where the project's commands run. */
  surroundings(env: NodeJS.ProcessEnv = {}) {
    return { cwd: this.directory, env: { ...process.env, ...env } };
  }

  /** Takes arguments of make and variables that differ from this process's; gives how make ended. */
  make(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Outcome> {
    return tryToRun(['make', ...args], this.surroundings(env));
  }

  /**
   * Deploys it, hands the deployment to `use`, and presses Ctrl-C. Throws if Envoy does not start.
   * `variables` are make's: `NAME=value`.
   */
  async deploy<Result>(
    use: (deployment: Deployment) => Promise<Result>,
    env?: NodeJS.ProcessEnv,
    variables?: readonly string[],
  ): Promise<Result> {
    const deployment = await deploy(this.surroundings(env), variables);
    try {
      return await use(deployment);
    } finally {
      await deployment.stop();
    }
  }

  /** Changes the bootstrap while `use` runs. */
  withBootstrap<Result>(change: Change, use: () => Promise<Result>): Promise<Result> {
    return this.withFile(bootstrap, change, use);
  }

  /** Changes a file while `use` runs. */
  async withFile<Result>(path: string, change: Change, use: () => Promise<Result>): Promise<Result> {
    const original = await this.read(path);
    await writeFile(join(this.directory, path), change(original));
    try {
      return await use();
    } finally {
      await writeFile(join(this.directory, path), original);
    }
  }

  read(path: string): Promise<string> {
    return readFile(join(this.directory, path), 'utf8');
  }

  /** Gives the text of every file, what was built or installed excepted. */
  async sources(): Promise<ReadonlyMap<string, string>> {
    const ignored = (await this.read('.gitignore')).split('\n').map((line) => line.replaceAll('/', ''));
    const names = (await readdir(this.directory)).filter((name) => !ignored.includes(name));
    const paths = await Promise.all(names.map((name) => listFiles(this.directory, name)));
    return new Map(
      await Promise.all(paths.flat().map(async (path) => [path, await this.read(path)] as const)),
    );
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true });
  }
}

async function listFiles(folder: string, name: string): Promise<readonly string[]> {
  const below = await readdir(join(folder, name)).catch(() => undefined);
  if (below === undefined) return [name];
  return (await Promise.all(below.map((entry) => listFiles(folder, join(name, entry))))).flat();
}

/**
 * Deploys a project once for all tests of the `describe` around it, and presses Ctrl-C after them. `around` is what is
 * done around the start, such as changing a file.
 */
export function deployOnce(
  project: () => Project,
  around = (start: () => Promise<Deployment>) => start(),
): () => Deployment {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await around(() => deploy(project().surroundings()));
  });
  // Where it has not started there is none.
  afterAll(() => deployment?.stop());
  return () => deployment;
}

/** Gives the change of this text to another. It throws where the text does not occur. */
export function replace(search: string, replacement: string): Change {
  return (text) => {
    if (!text.includes(search)) throw new Error(`there is no ${search} to replace`);
    return text.replace(search, () => replacement);
  };
}

/** As `replace`, with `$1` and the like in the replacement. */
export function replaceMatch(search: RegExp, replacement: string): Change {
  return (text) => {
    if (!search.test(text)) throw new Error(`there is no ${search} to replace`);
    return text.replace(search, replacement);
  };
}
