import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, inject } from 'vitest';
import { deploy } from '../../../scripts/deployment.mjs';
import type { Language } from '../../../src/languages/index.ts';
import { type Template, templates } from '../../../src/templates/index.ts';
import { type Outcome, runToEnd, tryToRun } from '../../support/command.ts';
import { importLanguage } from './entries.ts';
import { exclusively } from './exclusion.ts';

const bootstrap = 'envoy-bootstrap.yml';

/** A change of a file's text. */
export type Change = (text: string) => string;

/** An Envoy that `make deploy` runs. */
export type Deployment = Awaited<ReturnType<typeof deploy>>;

/** A generated project on disk. Tests use only its Makefile and its files. */
export class Project {
  readonly #folder: string;
  readonly #language: Language;
  /** Variables on top of this process's. */
  readonly #env: NodeJS.ProcessEnv;
  readonly directory: string;

  private constructor(folder: string, name: string, language: Language, env: NodeJS.ProcessEnv = {}) {
    this.#folder = folder;
    this.#language = language;
    this.#env = env;
    this.directory = join(folder, name);
  }

  /** Generates a project with the installed command, with its dependencies already compiled. This saves minutes. */
  static async create(
    language: Language,
    template: Template,
    name = `smoke-${language.id}-${template.id}`,
  ): Promise<Project> {
    const project = await Project.#generate(language, template, name);
    const { dependencies } = await importLanguage(language);
    if (dependencies.length > 0) {
      const compiled = await Project.#compileDependencies(language, dependencies);
      await runToEnd(['cp', '-a', `${compiled}/.`, project.directory], { cwd: compiled });
    }
    return project;
  }

  static async #generate(language: Language, template: Template, name: string): Promise<Project> {
    const folder = await mkdtemp(join(tmpdir(), 'create-envoy-filter-smoke-'));
    const options = ['--language', language.id, '--template', template.id];
    await runToEnd([inject('bin'), name, ...options], { cwd: folder });
    return new Project(folder, name, language);
  }

  /** Compiles what all projects of a language use, unless another test has. Returns the folder with the results. */
  static #compileDependencies(language: Language, dependencies: readonly string[]): Promise<string> {
    const compiled = join(inject('shared'), language.id);
    return exclusively(language.id, async () => {
      if (existsSync(compiled)) return compiled;
      const project = await Project.#generate(language, templates[0], 'dependencies');
      await runToEnd(['make', 'lint', 'build', 'test'], project.surroundings());
      await mkdir(`${compiled}.new`);
      for (const path of dependencies)
        await rename(join(project.directory, path), join(`${compiled}.new`, path));
      await rename(`${compiled}.new`, compiled);
      await project.remove();
      return compiled;
    });
  }

  /** Its most important files. */
  get files(): Language['files'] {
    return this.#language.files;
  }

  /** The same project on disk, whose commands run it in this version of Envoy. */
  inEnvoy(version: string): Project {
    const env = { ...this.#env, ENVOY: inject('envoys')[version] };
    return new Project(this.#folder, basename(this.directory), this.#language, env);
  }

  /** The options to run commands in the project, with these variables on top of its own. */
  surroundings(env: NodeJS.ProcessEnv = {}) {
    return { cwd: this.directory, env: { ...process.env, ...this.#env, ...env } };
  }

  /** Runs make with these variables on top of its own. */
  make(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Outcome> {
    return tryToRun(['make', ...args], this.surroundings(env));
  }

  /**
   * Deploys the project, calls `use`, and presses Ctrl-C. Throws if Envoy does not start.
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

  /** The names of the folders and files that git ignores: what is built or installed. */
  async ignored(): Promise<readonly string[]> {
    const lines = (await this.read('.gitignore')).split('\n');
    return lines.map((line) => line.replaceAll('/', '')).filter((line) => line !== '');
  }

  /** The text of every file, except what was built or installed. */
  async sources(): Promise<ReadonlyMap<string, string>> {
    const ignored = await this.ignored();
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
 * Deploys a project once for all tests of the current `describe`, and presses Ctrl-C after them. `around` runs
 * around the start, for example to change a file.
 */
export function deployOnce(
  project: () => Project,
  around = (start: () => Promise<Deployment>) => start(),
): () => Deployment {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await around(() => deploy(project().surroundings()));
  });
  // There is none if it did not start.
  afterAll(() => deployment?.stop());
  return () => deployment;
}

/** Replaces a text. Throws if the text does not occur. */
export function replace(search: string, replacement: string): Change {
  return (text) => {
    if (!text.includes(search)) throw new Error(`there is no ${search} to replace`);
    return text.replace(search, () => replacement);
  };
}

/** Like `replace`, for a pattern, with `$1` etc. in the replacement. */
export function replaceMatch(search: RegExp, replacement: string): Change {
  return (text) => {
    if (!search.test(text)) throw new Error(`there is no ${search} to replace`);
    return text.replace(search, replacement);
  };
}

/** Inserts a text after another one. Throws if that does not occur. */
export function after(search: string, more: string): Change {
  return replace(search, search + more);
}

/** Combines several changes. */
export function all(...changes: readonly Change[]): Change {
  return (text) => changes.reduce((changed, change) => change(changed), text);
}
