import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Outcome, runToEnd, tryToRun } from '../../support/command.ts';
import type { Pair } from '../../support/pairs.ts';

/** Runs a command in the network of the machine, where package managers find their registries. */
const outside = ['nsenter', `--net=/proc/${process.env.OUTSIDE}/ns/net`] as const;

/** A generated project, whose image is in a registry. */
export class Project {
  readonly directory: string;
  readonly image: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(directory: string, image: string, env: NodeJS.ProcessEnv) {
    this.directory = directory;
    this.image = image;
    this.#env = env;
  }

  /** Generates a project, builds its image and pushes it. Commands run with these variables on top of this process's. */
  static async ship(
    { language, template }: Pair,
    folder: string,
    registry: string,
    variables: NodeJS.ProcessEnv,
  ): Promise<Project> {
    const name = `${language.id}-${template.id}`;
    const options = ['--language', language.id, '--template', template.id];
    const parent = await mkdtemp(join(folder, 'project-'));
    const tool = ['node', join(process.cwd(), 'dist/bin.cjs')] as const;
    await runToEnd([...tool, name, ...options], { cwd: parent });
    const env = { ...process.env, ...variables, CARGO_TARGET_DIR: undefined };
    const project = new Project(join(parent, name), `${registry}/team/${name}:0.1.0`, env);
    await runToEnd([...outside, 'make', '-s', 'image'], { cwd: project.directory, env });
    await runToEnd(['make', '-s', 'push', `IMAGE=${project.image}`], { cwd: project.directory, env });
    return project;
  }

  /** The name of its resources. */
  get name(): string {
    return this.image.replace(/^.*\/|:.*$/g, '');
  }

  /** Runs a target of make with the image. */
  make(target: string, ...variables: readonly string[]): Promise<Outcome> {
    const command = ['make', '-s', target, `IMAGE=${this.image}`, ...variables] as const;
    return tryToRun(command, { cwd: this.directory, env: this.#env });
  }

  /** Changes a file while `use` runs. Throws if the text does not occur in it. */
  async with<Result>(
    path: string,
    search: string,
    text: string,
    use: () => Promise<Result>,
  ): Promise<Result> {
    const file = join(this.directory, path);
    const original = await readFile(file, 'utf8');
    if (!original.includes(search)) throw new Error(`there is no ${search} in ${path}`);
    await writeFile(
      file,
      original.replace(search, () => text),
    );
    try {
      return await use();
    } finally {
      await writeFile(file, original);
    }
  }

  async remove(): Promise<void> {
    await rm(join(this.directory, '..'), { recursive: true });
  }
}
