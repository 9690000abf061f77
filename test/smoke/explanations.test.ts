import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { envoyVersions } from '../../scripts/envoys.mjs';
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
const [, flags] = makefile.match(/^ENVOY_FLAGS := (.*)$/m) ?? [];
const [oldest] = envoyVersions;

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
  // The first build of the dependencies can take longer than `deploy` waits.
  await runToEnd(['make', 'build'], inRust.surroundings());
});
afterAll(async () => {
  await inAssemblyScript.remove();
  await inRust.remove();
});

function findHints(output: string): readonly string[] {
  return output.match(/^ *hint: .*/gm) ?? [];
}

/** Loads a module with a changed bootstrap, as `make check` does. */
async function load(version: string, what: string, module: Buffer, change: Change) {
  const file = `build/${`${version}-${what}`.replaceAll(/\W/g, '-')}`;
  const bootstrap = (await inAssemblyScript.read('envoy-bootstrap.yml'))
    .replaceAll(/(?<=port_value: )\d+/g, '0')
    .replace('build/plugin.wasm', `${file}.wasm`);
  await writeFile(join(inAssemblyScript.directory, `${file}.wasm`), module);
  await writeFile(join(inAssemblyScript.directory, `${file}.yml`), change(bootstrap));
  const command = `sh make/envoy.sh --mode init_only ${flags} -c ${file}.yml`;
  return tryToRun(['sh', '-c', command], inAssemblyScript.inEnvoy(version).surroundings());
}

describe.each(envoyVersions)('what Envoy %s logs is explained if there is', (version) => {
  it.concurrent.each(mistakes)('%s', async (what, broken, hint) => {
    const module = typeof broken === 'function' ? writeModule() : broken;
    const change: Change = typeof broken === 'function' ? broken : (bootstrap) => bootstrap;
    const { status, stderr } = await load(version, what, module, change);
    const hints = findHints(stderr);
    expect(hints, stderr).toHaveLength(1);
    expect(hints[0]).toContain(hint);
    // Envoy crashes.
    expect(status).toBe(what === 'no memory' ? 139 : 1);
  });

  it('a WASI call that came with 1.39', async () => {
    // Of a wrong type, so that no version loads it.
    const module = writeModule({ imports: [['wasi_snapshot_preview1', 'sock_send']] });
    const { stderr } = await load(version, 'wasi', module, (bootstrap) => bootstrap);
    const hint =
      version === oldest ? 'no WASI function sock_send. Envoy 1.39 has' : 'but with other parameters';
    expect(findHints(stderr)).toEqual([expect.stringContaining(hint)]);
  });

  it('a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const take = replaceMatch(/port_value: \d+(.*) # PORT$/m, `port_value: ${port}$1`);
    await inRust.withBootstrap(take, async () => {
      const deployment = inRust.inEnvoy(version).deploy(async () => {});
      await expect(deployment).rejects.toThrow(`hint: another process listens on 127.0.0.1:${port}`);
    });
    server.close();
  });
});

describe.each(envoyVersions)('a crash in Envoy %s is explained', (version) => {
  it.each([
    ['AssemblyScript', () => inAssemblyScript, crashesInAssemblyScript],
    ['Rust', () => inRust, crashesInRust],
  ] as const)('in %s', async (_, project, crashes) => {
    const inEnvoy = project().inEnvoy(version);
    if (project() === inAssemblyScript)
      await runToEnd(['make', 'dev-build'], inAssemblyScript.surroundings());
    for (const { host, module, hints } of crashes) {
      const output = await project().withBootstrap(module, () =>
        inEnvoy.deploy(async ({ port, output }) => {
          const [response] = await once(get({ port, headers: { host } }), 'response');
          expect(response.statusCode).toBe(503);
          return output;
        }),
      );
      // Of the stack trace of a panic, Envoy 1.37 shows only the part in the standard library.
      const expected = version === oldest && project() === inRust ? hints.slice(0, 1) : hints;
      expect(findHints(output())).toEqual(expected.map((hint) => expect.stringMatching(hint)));
    }
  });
});

it('a failing test prints an explanation once', async () => {
  await inAssemblyScript.withBootstrap(replace('"greeting"', '"greting"'), async () => {
    const { stdout, stderr, status } = await inAssemblyScript.make(['test', 'TEST=adds the header']);
    // node lists what failed again at the end.
    const [, again = stdout] = stdout.split('failing tests:');
    expect(findHints(again + stderr)).toEqual([
      expect.stringContaining('hint: correct `greting` in the plugin'),
    ]);
    expect(status).toBe(2);
  });
});
