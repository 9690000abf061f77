import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import packageJson from '../../../package.json';
import { runToEnd } from '../../support/command.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of an npm registry on loopback that has only this package. */
    registry: string;
  }
}

const { name, version } = packageJson;

/** Packs this package and serves the tarball during the tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const tarball = await pack();
  const server = createServer(({ url, headers: { host } }, response) => {
    const registry = `http://${host}/`;
    if (url === `/${name}`) answer(response, 'application/json', describePackage(registry, tarball));
    else if (url === `/${file}`) answer(response, 'application/octet-stream', tarball);
    else response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  project.provide('registry', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
}

const file = `${name}/-/${name}-${version}.tgz`;

function answer(response: ServerResponse, type: string, body: string | Buffer): void {
  response.writeHead(200, { 'content-type': type }).end(body);
}

/** What a registry says about a package. */
function describePackage(registry: string, tarball: Buffer): string {
  const dist = {
    tarball: registry + file,
    integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
    shasum: createHash('sha1').update(tarball).digest('hex'),
  };
  // pnpm does not install what was published a moment ago.
  const published = '2026-01-01T00:00:00.000Z';
  return JSON.stringify({
    name,
    'dist-tags': { latest: version },
    time: { created: published, modified: published, [version]: published },
    versions: { [version]: { ...packageJson, _id: `${name}@${version}`, dist } },
  });
}

async function pack(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'create-envoy-filter-packed-'));
  const packed = await runToEnd(['npm', 'pack', '--json', '--pack-destination', folder], {
    cwd: process.cwd(),
  });
  const [{ filename }] = JSON.parse(packed.stdout);
  const tarball = await readFile(join(folder, filename));
  await rm(folder, { recursive: true });
  return tarball;
}
