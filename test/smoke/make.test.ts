import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { root } from '../../src/contexts.ts';
import { languages } from '../../src/languages/index.ts';
import { findDefault } from '../../src/templates/index.ts';
import { runToEnd, tryToRun, writeScript } from '../support/command.ts';
import { Project } from './support/project.ts';

const makeFiles = ['Makefile', 'make/envoy.mk', 'make/ship.mk'];

// Makefiles depend on the language, not on the template. The background service has all ports.
const template = findDefault(root);
const rows = languages.map((language) => [language.label, language] as const);
describe.each(rows)('the make files of a generated %s project', (_, language) => {
  let project: Project;
  let scratch: string;

  beforeAll(async () => {
    project = await Project.create(inject('bin'), language, template);
    scratch = await mkdtemp(join(tmpdir(), 'create-envoy-filter-scratch-'));
  });
  afterAll(async () => {
    await project.remove();
    await rm(scratch, { recursive: true });
  });

  it.each([':', '%'])(
    'work in a directory with %j in its name, or say that Rust does not',
    async (character) => {
      const place = join(scratch, `a${character}b`);
      await runToEnd(['cp', '-R', project.directory, place], { cwd: scratch });
      const { status, stderr } = await tryToRun(['make', 'lint', 'build', 'check'], { cwd: place });
      if (language.id === 'rust') {
        expect(stderr).toMatch(/^error: Rust cannot build in a path that contains .*; .*\nmake: .*\n$/);
        expect(status).toBe(2);
      } else {
        expect({ status, stderr }).toMatchObject({ status: 0 });
      }
    },
  );

  it('heed no variable of the environment but ENVOY and ORAS', async () => {
    const texts = (await Promise.all(makeFiles.map((file) => project.read(file)))).join('');
    const ports = (await project.read('envoy-bootstrap.yml')).match(/(?<=# )[A-Z_]*PORT$/gm) ?? [];
    const names = [...texts.matchAll(/(?:^|\$\()([A-Z_]+)\b/gm)].map(([, name = '']) => name);
    const others = new Set([...names, ...ports].filter((name) => !/^(ENVOY|ORAS|PATH|MAKE.*)$/.test(name)));
    expect([...others]).toEqual(expect.arrayContaining(['IMAGE', 'PORT', 'STORE', 'VERSION']));
    const env = Object.fromEntries([...others].map((name) => [name, 'from-the-environment']));

    const { stdout: help } = await runToEnd(['make'], project.surroundings());
    const targets = [...help.matchAll(/^ {2}make (\S+)/gm)].map(([, target = '']) => target);
    expect(targets.length).toBeGreaterThan(10);
    for (const target of targets) {
      const plan = await project.make(['-n', target]);
      expect(plan, target).toMatchObject({ status: 0 });
      expect(await project.make(['-n', target], env)).toEqual(plan);
    }
    const { stderr } = await project.make(['push', 'ORAS=true'], env);
    expect(stderr).toMatch(/^error: IMAGE is '', expected registry\/name:tag; .*make push IMAGE=/m);
  });

  it('find their tools wherever those are, and their folders whatever CDPATH says', async () => {
    const folder = join(scratch, "to'ols $HOME (é)#");
    await mkdir(join(scratch, 'build'));
    await mkdir(folder);
    await mkdir(join(project.directory, 'build'), { recursive: true });
    await writeFile(join(project.directory, 'build/plugin.wasm'), '');
    const { stdout: oras } = await runToEnd(['sh', '-c', 'command -v oras'], { cwd: scratch });
    await symlink(oras.trim(), join(folder, 'oras'));
    const env = { ORAS: join(folder, 'oras'), CDPATH: scratch };
    for (const target of ['image', 'images']) {
      const { status, stdout, stderr } = await project.make(['-s', '-o', 'build', target], env);
      expect(stdout).toMatch(/^(smoke-\S+:0\.1\.0 sha256:\S+|NAME .*\nsmoke-\S+ +0\.1\.0 .*)\n$/);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }
  });

  it.each(['0', '65536', '-1', 'http', '9090/tcp', 'localhost:9090'])('refuse PORT=%s', async (port) => {
    await mkdir(join(project.directory, 'build'), { recursive: true });
    const { status, stdout, stderr } = await project.make(['-o', 'build', 'deploy', `PORT=${port}`]);
    expect(stderr).toContain(
      `error: PORT is '${port}', expected a number from 1 to 65535; for example: make deploy PORT=9090\n`,
    );
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  it('name an ENVOY that does not run, and the command that does without it', async () => {
    for (const ENVOY of [join(scratch, "not 'th$re'"), await writeScript(scratch, 'exit 1')]) {
      const { status, stderr } = await project.make(['envoy'], { ENVOY });
      expect(stderr).toContain(`error: ${ENVOY} does not run as Envoy; `);
      expect(status).toBe(2);
      const wayOut = stderr.match(/make envoy ENVOY=\S+$/m)?.[0] ?? 'false';
      await runToEnd(['sh', '-c', wayOut], project.surroundings({ ENVOY }));
    }
  });
});
