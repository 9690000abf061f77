import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../../scripts/deployment.mjs';
import { runToEnd } from '../support/command.ts';
import { Registry } from '../support/registry.ts';
import { mesh } from './mesh.ts';

const layers = [
  'runtime-config.json:application/vnd.module.wasm.config.v1+json',
  'plugin.wasm:application/vnd.module.wasm.content.layer.v1+wasm',
];
const module = Buffer.from('\0asm\x01\0\0\0 and what else is in a module', 'latin1');

let folder: string;
let host: string;
let registry: Registry;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'create-envoy-filter-fetch-'));
  await writeFile(join(folder, 'plugin.wasm'), module);
  await writeFile(join(folder, 'runtime-config.json'), '{"type": "envoy_proxy"}');
  registry = await Registry.start();
  host = registry.host;
});

afterAll(async () => {
  await registry.stop();
  await rm(folder, { recursive: true });
});

/** Runs a shell command in the folder with the files. Returns its output. */
async function run(command: string): Promise<string> {
  return (await runToEnd(['sh', '-ec', command], { cwd: folder })).stdout.trim();
}

async function findDigest(image: string): Promise<string> {
  return (await run(`crane digest --insecure ${image}`)).replace('sha256:', '');
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function push(image: string, files: readonly string[]): Promise<string> {
  return run(`oras push --plain-http ${image} ${files.join(' ')}`);
}

describe("Istio's image fetcher", () => {
  it('fetches the module from an image of two layers, by the digest of its manifest or without it', async () => {
    const image = `${host}/artifact:1`;
    await push(image, layers);
    const digest = await findDigest(image);
    expect(mesh(['fetch', image, digest])).toEqual({ status: 0, stdout: module, stderr: '' });
    expect(mesh(['fetch', image])).toEqual({ status: 0, stdout: module, stderr: '' });
  });

  it.each([
    ['OCI', '--oci-empty-base'],
    ['Docker', ''],
  ])('fetches it from a container image in %s format', async (name, option) => {
    const image = `${host}/${name.toLowerCase()}:1`;
    await run('tar -czf layer.tar.gz plugin.wasm runtime-config.json');
    await run(`crane append --insecure ${option} -f layer.tar.gz -t ${image}`);
    expect(mesh(['fetch', image, await findDigest(image)])).toEqual({
      status: 0,
      stdout: module,
      stderr: '',
    });
  });

  it('rejects the hash of the module, and the digest of another image', async () => {
    const image = `${host}/refused:1`;
    await push(image, layers);
    const digest = await findDigest(image);
    for (const other of [hash(module), digest.replace(/^./, (first) => (first === '0' ? '1' : '0'))]) {
      const { status, stdout, stderr } = mesh(['fetch', image, other]);
      expect(stderr).toContain(`has checksum ${digest}, which does not match: ${other}`);
      expect({ status, length: stdout.length }).toEqual({ status: 1, length: 0 });
    }
  });

  it.each([
    ['one layer', ['plugin.wasm:application/wasm'], 'number of layers must be 2 but got 1'],
    ['layers of other types', ['plugin.wasm', 'runtime-config.json'], 'could not find the layer of type'],
  ])('rejects an image of %s', async (what, files, why) => {
    const image = `${host}/${what.replaceAll(' ', '-')}:1`;
    await push(image, files);
    const { status, stderr } = mesh(['fetch', image, await findDigest(image)]);
    expect(stderr).toContain(why);
    expect(status).toBe(1);
  });

  it('rejects an image whose file is not a module', async () => {
    const image = `${host}/text:1`;
    await writeFile(join(folder, 'text'), 'Hello world');
    await push(image, [layers[0] ?? '', 'text:application/vnd.module.wasm.content.layer.v1+wasm']);
    const { status, stderr } = mesh(['fetch', image]);
    expect(stderr).toContain('is invalid');
    expect(status).toBe(1);
  });

  it('reports a missing image, and a registry that is down', async () => {
    expect(mesh(['fetch', `${host}/artifact:2`]).stderr).toContain('MANIFEST_UNKNOWN');
    expect(mesh(['fetch', `127.0.0.1:${await findFreePort()}/artifact:1`]).stderr).toContain(
      'connection refused',
    );
  });
});
