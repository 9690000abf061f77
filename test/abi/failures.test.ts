import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { envoyVersions } from '../../scripts/envoys.mjs';
import { bootstrap, cluster, httpFilter, httpListener, service, tcpListener } from './bootstrap.ts';
import { Envoy } from './envoy.ts';
import { request, startUpstream } from './http.ts';
import { Peer } from './tcp.ts';

/** What the first column of README's table stands for. */
const policies = {
  '`FAIL_CLOSED`': { failure_policy: 'FAIL_CLOSED' },
  '`FAIL_OPEN`': { failure_policy: 'FAIL_OPEN' },
  '`FAIL_RELOAD`': { failure_policy: 'FAIL_RELOAD' },
  '`FAIL_RELOAD` with a back-off of 10 ms': {
    failure_policy: 'FAIL_RELOAD',
    reload_config: { backoff: { base_interval: '0.01s' } },
  },
};

/** Longer than Envoy's default back-off: 1 to 1.5 seconds, by chance, from the start of a VM. */
const backOff = 1_700;

/** What becomes of a request. A connection that fails is closed, without a status. */
type Outcome = '200' | '200, without the filter' | '503' | 'no answer';

/** What a filter does with a request or a connection. */
type Kind = 'pass' | 'crash' | 'pause';

/** Starts a request or a connection through the filter. Returns how to end it. */
type Start = (index: number, kind?: Kind) => Promise<() => Promise<Outcome>>;

let envoy: Envoy;
let upstream: Awaited<ReturnType<typeof startUpstream>>;
let echo: Server;
/** Called with the means to answer the request that the upstream has received through a listener. */
const receivers = new Map<string, (answer: () => void) => void>();

async function startAll(path: string): Promise<void> {
  upstream = await startUpstream(async ({ headers }) => {
    await new Promise<void>((resolve) => receivers.get(`${headers[':authority']}`)?.(resolve));
    return {};
  });
  echo = createServer((socket) => socket.on('error', () => {}).pipe(socket));
  await once(echo.listen(0, '127.0.0.1'), 'listening');
  // Each in a VM of its own.
  const plugins = (kind: string) =>
    Object.values(policies).map((failure, index) => {
      const name = `${kind}${index}`;
      return { module: 'crashes', name, vmId: name, configuration: kind, failure };
    });
  const listeners = [
    ...plugins('http').map((plugin) => httpListener(plugin.name, [httpFilter(plugin)], 'http')),
    ...plugins('tcp').map((plugin) => tcpListener(plugin.name, plugin, 'echo')),
  ];
  const echoPort = (echo.address() as AddressInfo).port;
  const clusters = [cluster('http', [upstream.port]), cluster('echo', [echoPort], false)];
  const bootstrap_extensions = plugins('service').map(service);
  const all = { static_resources: { listeners, clusters }, bootstrap_extensions };
  envoy = await Envoy.start(bootstrap(all), 1, path);
  await sleep(backOff);
}

async function stopAll(): Promise<void> {
  await envoy.stop();
  upstream.stop();
  echo.close();
}

const startRequest: Start = async (index, kind = 'pass') => {
  const headers = { ':authority': `http${index}`, [`x-${kind}`]: '1' };
  const arrival = new Promise<() => void>((resolve) => receivers.set(headers[':authority'], resolve));
  let isAnswered = false;
  const response = request(await envoy.port(`http${index}`), { headers }).finally(() => {
    isAnswered = true;
  });
  const hasArrived = Promise.race([arrival, response.then(() => () => {})]);
  const answer = await (kind === 'pause' ? waitForPause(`http${index}`) : hasArrived);
  return async () => {
    answer();
    if (kind === 'pause' && !isAnswered) return 'no answer';
    const { ':status': status, 'x-served': served } = (await response).headers;
    if (Number(status) === 200) return served === undefined ? '200, without the filter' : '200';
    expect(Number(status)).toBe(503);
    return '503';
  };
};

const startConnection: Start = async (index, kind = 'pass') => {
  const client = await Peer.connect(await envoy.port(`tcp${index}`));
  const send = async (byte: string) => {
    client.write(byte);
    await envoy.eventually(() => client.received.endsWith(byte) || client.end !== 'open');
  };
  if (kind === 'pass') await send('a');
  else client.write(kind === 'crash' ? '!' : '?');
  if (kind === 'pause') await waitForPause(`tcp${index}`);
  return async () => {
    if (kind !== 'pause') await send('b');
    client.destroy();
    if (client.end !== 'open') return '503';
    if (client.received === '') return 'no answer';
    return client.received.includes('served') ? '200' : '200, without the filter';
  };
};

/** Waits until the filter has paused a request or a connection. There is nothing to answer. */
async function waitForPause(plugin: string): Promise<() => void> {
  const stat = `wasmcustom.wasm_filter.${plugin}.pauses`;
  await envoy.eventually(async () => (await envoy.stat(stat)) === 1, stat);
  return () => {};
}

/** The row of README's table for a policy: what happens on a worker whose filter crashes, and crashes again. */
async function measure(start: Start, policy: string, index: number): Promise<string> {
  const send = async (kind?: Kind) => (await start(index, kind))();
  const endOther = await start(index);
  const endPaused = await start(index, 'pause');
  const outcomes = [await send('crash'), await endOther(), await send()];
  // Longer than the short back-off.
  await sleep(50);
  await send('crash');
  outcomes.push(await send());
  await sleep(backOff);
  const later = await send();
  outcomes.splice(2, 0, await endPaused());
  return `| ${[policy, ...outcomes, later].join(' | ')} |\n`;
}

describe.each(envoyVersions)('in Envoy %s', (version) => {
  beforeAll(() => startAll(inject('envoys')[version] ?? ''));
  afterAll(stopAll);

  it.each([
    ['requests', startRequest],
    ['connections', startConnection],
  ] as const)('the table in README says what a crash costs: %s', async (_, start) => {
    const rows = Object.keys(policies).map((policy, index) => measure(start, policy, index));
    const table = (await readFile('README.md', 'utf8')).match(/^\| `failure_policy`.*\n.*\n((?:\|.*\n)+)/m);
    expect((await Promise.all(rows)).join('')).toBe(table?.[1]);
  });

  it('a service that has crashed never ticks again, whatever the policy', async () => {
    const ticks = await Promise.all(
      Object.keys(policies).map((_, index) => envoy.stat(`wasmcustom.wasm_filter.service${index}.ticks`)),
    );
    expect(ticks).toEqual([3, 3, 3, 3]);
  });
});
