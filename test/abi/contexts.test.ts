import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { tryToRun } from '../support/command.ts';
import { bootstrap, cluster, httpFilter, httpListener, tcpListener } from './bootstrap.ts';
import { Envoy } from './envoy.ts';
import { request, startUpstream } from './http.ts';
import { Peer } from './tcp.ts';

let envoy: Envoy;
let upstream: Awaited<ReturnType<typeof startUpstream>>;
let requests = 0;

beforeAll(async () => {
  upstream = await startUpstream(() => {
    requests += 1;
    return {};
  });
  // Each in its own VM: a crash would end the other, too.
  const plugins = ['http', 'tcp'].map((name) => ({ module: 'contexts', name, vmId: name }));
  const [http, tcp] = plugins as [(typeof plugins)[0], (typeof plugins)[0]];
  const listeners = [
    httpListener('http', [httpFilter(http)], 'upstream'),
    tcpListener('tcp', tcp, 'upstream'),
  ];
  const clusters = [cluster('upstream', [upstream.port])];
  envoy = await Envoy.start(bootstrap({ static_resources: { listeners, clusters } }));
});
afterAll(async () => {
  upstream.stop();
  await envoy.stop();
});

it('Envoy rejects a request if the root context creates no HttpContext for it, and logs why', async () => {
  expect(await request(await envoy.port('http'), {})).toMatchObject({ headers: { ':status': 503 } });
  await envoy.eventually(() =>
    envoy.log().includes('the root context creates no HttpContext for a request at '),
  );
  expect(requests).toBe(0);
});

it('Envoy rejects a connection if the root context creates no StreamContext for it, and logs why', async () => {
  const client = await Peer.connect(await envoy.port('tcp'));
  await client.ends();
  await envoy.eventually(() =>
    envoy.log().includes('the root context creates no StreamContext for a connection at '),
  );
});

it('a root context without createContext does not compile', async () => {
  const folder = dirname(inject('modules'));
  const source = await readFile('test/abi/filters/contexts.ts', 'utf8');
  const part = / {2}override createContext.*\n.*\n {2}\}\n/;
  expect(source).toMatch(part);
  await writeFile(join(folder, 'assembly/forgetful.ts'), source.replace(part, ''));
  const asc = [
    'npx',
    'asc',
    'assembly/forgetful.ts',
    '--target',
    'release',
    '--outFile',
    'build/no.wasm',
  ] as const;
  const { status, stderr } = await tryToRun([...asc], { cwd: folder });
  expect(stderr).toContain("inherited abstract member 'createContext'");
  expect(status).not.toBe(0);
});
