import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Language, languages } from '../../src/languages/index.ts';
import { type Template, templates } from '../../src/templates/index.ts';
import { runToEnd, writeScript } from '../support/command.ts';
import { generate } from '../support/generate.ts';
import { readMakeVariables } from './support/make-variables.ts';
import { pathOfBasicTools } from './support/path.ts';
import { Project } from './support/project.ts';

/** How to get curl, pip, oras and kubectl, with the package manager of a system. */
const hints: readonly (readonly [manager: string, ...hints: string[]])[] = [
  [
    'brew',
    'install it with: brew install curl',
    'install it with: brew install python',
    'install it with: brew install oras',
    'install it with: brew install kubectl',
  ],
  [
    'apt-get',
    'install it with: apt-get install curl',
    'install it with: apt-get install python3-pip',
    'see https://oras.land/docs/installation',
    'see https://kubernetes.io/docs/tasks/tools/',
  ],
  [
    'another',
    'see https://curl.se/download.html',
    'see https://pip.pypa.io/en/stable/installation/',
    'see https://oras.land/docs/installation',
    'see https://kubernetes.io/docs/tasks/tools/',
  ],
];

// Makefiles depend on the language, not on the template, which only adds ports.
const rows = languages.map((language) => [language.label, language, findMostPorts(language)] as const);
describe.each(rows)('the make files of a generated %s project', (_, language, template) => {
  let project: Project;
  let scratch: string;

  beforeAll(async () => {
    project = await Project.create(language, template);
    scratch = await mkdtemp(join(tmpdir(), 'create-envoy-filter-scratch-'));
  });
  afterAll(async () => {
    await project.remove();
    await rm(scratch, { recursive: true });
  });

  it('ignore all environment variables except ENVOY and ORAS', async () => {
    const names = readMakeVariables(project.directory);
    expect(names).toEqual(expect.arrayContaining(['IMAGE', 'PORT', 'STORE', 'VERSION']));
    const env = Object.fromEntries(names.map((name) => [name, 'from-the-environment']));

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

  it.each(hints)(
    'say how to install what is missing, by the package manager %s',
    async (manager, ...expected) => {
      const PATH = await pathOfBasicTools(scratch);
      await writeFile(join(PATH, manager), '#!/bin/sh\n', { mode: 0o755 });
      await mkdir(join(project.directory, 'build'), { recursive: true });
      const targets = [
        'deploy -o build -o envoy',
        'envoy ENVOY= ENVOY_VERSION=1.0.0',
        'oras ORAS=oras',
        'kubectl',
      ];
      for (const [index, target] of [...targets, 'build'].entries()) {
        const { status, stderr } = await project.make(target.split(' '), { PATH });
        const hint = stderr.match(/^error: .+ is missing; (.+)$/m)?.[1];
        expect(hint, stderr).toMatch(/^(install it with: (?!http)|see https:)/);
        expect(hint).toBe(expected[index] ?? hint);
        expect(status).toBe(2);
      }
    },
  );

  it('accept tools in odd paths, and ignore CDPATH', async () => {
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

  it.each(['0', '65536', '-1', 'http', '9090/tcp', 'localhost:9090'])('reject PORT=%s', async (port) => {
    await mkdir(join(project.directory, 'build'), { recursive: true });
    const { status, stdout, stderr } = await project.make(['-o', 'build', 'deploy', `PORT=${port}`]);
    expect(stderr).toContain(
      `error: PORT is '${port}', expected a number from 1 to 65535; for example: make deploy PORT=9090\n`,
    );
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  it('reject two ports that are the same', async () => {
    await mkdir(join(project.directory, 'build'), { recursive: true });
    const { status, stderr } = await project.make(['-o', 'build', 'deploy', 'PORT=9090', 'ADMIN_PORT=9090']);
    expect(stderr).toContain(
      'error: ADMIN_PORT and PORT are both 9090; choose another: make deploy PORT=NUMBER\n',
    );
    expect(status).toBe(2);
  });

  it('send nothing to the server that has a port', async () => {
    await mkdir(join(project.directory, 'build'), { recursive: true });
    const received: Buffer[] = [];
    const server = createServer((socket) => socket.on('data', (data) => received.push(data)));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const { stderr } = await project.make(['-o', 'build', 'deploy', `PORT=${port}`]);
    server.close();
    expect(stderr).toContain(`error: PORT ${port} is already in use; `);
    expect(received).toEqual([]);
  });

  it('report an ENVOY that does not run or is too old, with a command that works without it', async () => {
    const old = 'echo "envoy  version: 0123abcd/1.36.4/Clean/RELEASE/BoringSSL"';
    const lines = ['exit 1', 'echo v99.1.1', old];
    const scripts = await Promise.all(lines.map((line) => writeScript(scratch, line)));
    for (const ENVOY of [join(scratch, "not 'th$re'"), ...scripts]) {
      const { status, stderr } = await project.make(['envoy'], { ENVOY });
      const fault =
        ENVOY === scripts[2]
          ? 'version 1.36.4; 1.37 or newer is required'
          : '(missing|does not run, or prints no version)';
      expect(stderr).toMatch(new RegExp(`^error: .* (is )?${fault}; `, 'm'));
      expect(status).toBe(2);
      const wayOut = stderr.match(/make envoy ENVOY=\S+$/m)?.[0] ?? 'false';
      await runToEnd(['sh', '-c', wayOut], project.surroundings({ ENVOY }));
    }
  });
});

function findMostPorts(language: Language): Template {
  const countPorts = (template: Template) =>
    generate({ language, template })
      .tree.get('envoy-bootstrap.yml')
      ?.match(/# [A-Z_]*PORT$/gm)?.length ?? 0;
  return templates.reduce((most, template) => (countPorts(template) > countPorts(most) ? template : most));
}
