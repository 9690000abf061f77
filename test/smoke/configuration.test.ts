import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { assemblyscript } from '../../src/languages/assemblyscript.ts';
import { refresh } from '../../src/templates/refresh.ts';
import { runToEnd } from '../support/command.ts';
import { Project, replaceMatch } from './support/project.ts';

const istio = 'deploy/istio.yaml';

// All projects share what is tested here. `refresh` has two configurations.
describe('make check CONFIG', () => {
  let project: Project;
  let scratch: string;
  let name: string;
  let manifest: string;

  beforeAll(async () => {
    project = await Project.create(assemblyscript, refresh);
    await runToEnd(['make', 'build'], project.surroundings());
    scratch = await mkdtemp(join(tmpdir(), 'create-envoy-filter-scratch-'));
    name = 'smoke-assemblyscript-refresh';
    manifest = await project.read(istio);
  });
  afterAll(async () => {
    await project.remove();
    await rm(scratch, { recursive: true });
  });

  /** Checks a file with this text, in a folder whose name make and the shell could misread. */
  async function check(text: string | Uint8Array, file = "it's a=$file.yaml") {
    const path = join(scratch, file);
    await writeFile(path, text);
    const outcome = await project.make(['check', `CONFIG=${path}`]);
    return { ...outcome, path };
  }

  /** The manifest as a cluster returns it, with more in it, in each way of writing YAML. */
  const fromCluster = (config: object) => {
    const resource = parse(manifest);
    resource.metadata = {
      annotations: { 'a.b/last-applied': '{"pluginConfig":\n{"greeting": 1}}\n' },
      ...resource.metadata,
    };
    resource.spec.wasm.pluginConfig = config;
    return { apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'ConfigMap' }, resource] };
  };

  it('passes what the plugin accepts, and leaves the service alone', async () => {
    const { stdout, stderr, status, path } = await check('{"greeting": "Hi", "refresh_cluster": "x"}');
    const service = 'The service keeps the configuration in envoy-bootstrap.yml.';
    expect(stdout).toContain(`Envoy loads and configures build/plugin.wasm with ${path}. ${service}\n`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const used = (await project.read('build/check.yml')).match(
      /"refresh_period_ms": 5000|Hello world|\\"Hi\\"/g,
    );
    expect(used).toEqual(['"refresh_period_ms": 5000', '\\"Hi\\"']);
  });

  it.each([
    ['JSON', '{\n\n  "greeting": "Hi",\n  "refresh_path": 7\n}', 4],
    ['JSON with CRLF', '{\r\n  "greeting": "Hi",\r\n  "refresh_path": 7}\r\n', 3],
  ])('gives the line of a wrong field in %s', async (_, text, line) => {
    const { stderr, status, path } = await check(text);
    expect(stderr).toContain(
      `error: ${path}:${line}: refresh_path: invalid type: a number, expected a string\n`,
    );
    expect(stderr).toContain(`hint: correct \`refresh_path\` in the plugin configuration: ${path}:${line}. `);
    expect(status).toBe(2);
  });

  it.each([
    ['YAML', (list: object) => stringify(list)],
    ['JSON', (list: object) => JSON.stringify(list, null, 4)],
  ])('gives the line of a wrong field in what a cluster returns as %s', async (_, write) => {
    const config = { greeting: 'Hi', refresh_path: '/', refresh_cluster: 'x', refresh_timeout_ms: 1000 };
    const right = await check(write(fromCluster(config)));
    expect(right.stdout).toContain(` with ${right.path} (TrafficExtension ${name}). `);
    const text = write(fromCluster({ ...config, refresh_timeout_ms: 7 }));
    const line = text.split('\n').findIndex((line) => line.includes('refresh_timeout_ms')) + 1;
    const { stderr, path } = await check(text);
    expect(stderr).toContain(`error: ${path}:${line}: refresh_timeout_ms: expected an integer from 100 to `);
  });

  it('gives the line of the configuration if no field is to blame', async () => {
    const { stderr, path } = await check('\n[1]');
    expect(stderr).toContain(`error: ${path}:2: expected a JSON object\n`);
  });

  it('passes any text to the plugin as it is', async () => {
    const field = `é😀\\ "'#: {$x}\u2028`;
    const { stderr } = await check(stringify(fromCluster({ [field]: 1 })));
    expect(stderr).toContain(`unknown field \`${field}\``);
  });

  it('reads the standard input', async () => {
    const command = `make check CONFIG=- < '${istio}'`;
    const { stdout } = await runToEnd(['sh', '-c', command], project.surroundings());
    expect(stdout).toContain(` with stdin (TrafficExtension ${name}). `);
  });

  it('replaces only the configuration of the plugin with this name', async () => {
    const { stderr, status } = await project.withBootstrap(
      replaceMatch(/(http_filters:[\s\S]*?name: )smoke-assemblyscript-refresh\n/, '$1another\n'),
      () => check('{}'),
    );
    expect(stderr).toContain(`error: envoy-bootstrap.yml: has no Wasm filter with the name "${name}"`);
    expect(status).toBe(2);
  });

  it('refuses a file without the configuration of this plugin', async () => {
    const { stdout, stderr, status, path } = await check('apiVersion: v1\nkind: Pod\n');
    expect(stderr).toContain(
      `error: ${path}: has no TrafficExtension, WasmPlugin or EnvoyExtensionPolicy, but: Pod\n`,
    );
    expect(stdout).not.toContain('Envoy loads');
    expect(status).toBe(2);
  });

  it('refuses what is not a file', async () => {
    await mkdir(join(scratch, 'folder'));
    for (const path of [join(scratch, 'folder'), join(scratch, 'nowhere')]) {
      const { stderr, status } = await project.make(['check', `CONFIG=${path}`]);
      expect(stderr).toContain(
        `error: CONFIG=${path} is not a file that can be read; expected JSON, or a manifest\n`,
      );
      expect(status).toBe(2);
    }
  });
});
