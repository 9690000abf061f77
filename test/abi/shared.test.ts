import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootstrap, cluster, httpFilter, httpListener, service } from './bootstrap.ts';
import { Envoy } from './envoy.ts';
import { startUpstream } from './http.ts';
import { readSaid, runScript } from './scripted.ts';

let envoy: Envoy;
let upstream: Awaited<ReturnType<typeof startUpstream>>;

/** Runs operations in a request to a plugin. Returns what was said. */
async function say(operations: readonly string[], listener = 'one'): Promise<readonly string[]> {
  return (await runScript(envoy, listener, { onRequestHeaders: operations })).said;
}

beforeAll(async () => {
  upstream = await startUpstream(() => ({}));
  const listeners = ['one', 'two'].map((vmId) =>
    httpListener(vmId, [httpFilter({ module: 'shared', name: vmId, vmId })], 'upstream'),
  );
  const consumers = ['first', 'last'].map((configuration) =>
    service({ module: 'shared', name: configuration, vmId: 'three', configuration }),
  );
  envoy = await Envoy.start(
    bootstrap({
      static_resources: { listeners, clusters: [cluster('upstream', [upstream.port])] },
      bootstrap_extensions: consumers,
    }),
  );
});
afterAll(async () => {
  upstream.stop();
  expect(await envoy.stop()).toEqual([]);
});

describe('shared data', () => {
  it('has neither value nor version for a key that was never set', async () => {
    const operations = ['setSharedData some 1', 'getSharedData some', 'getSharedData none'];
    expect(await say(operations)).toEqual(['Ok', "'1' true", 'null false']);
  });

  it('keeps values from request to request, even empty ones', async () => {
    expect(await say(['setSharedData kept value', 'setSharedData empty _'])).toEqual(['Ok', 'Ok']);
    expect(await say(['getSharedData kept', 'getSharedData empty'])).toEqual(["'value' true", "'' true"]);
  });

  it('is not changed if the version is outdated: CasMismatch', async () => {
    expect(
      await say([
        'setSharedData cas 1',
        'swapSharedData cas 2',
        'getSharedData cas',
        'staleSharedData cas 3',
        'getSharedData cas',
      ]),
    ).toEqual(['Ok', 'Ok', "'2' true", 'CasMismatch', "'other' true"]);
  });

  it('is set unconditionally if no version is given', async () => {
    expect(await say(['setSharedData any 1', 'setSharedData any 2', 'getSharedData any'])).toEqual([
      'Ok',
      'Ok',
      "'2' true",
    ]);
  });

  it('belongs to one vm_id', async () => {
    await say(['setSharedData mine 1']);
    expect(await say(['getSharedData mine'], 'two')).toEqual(['null false']);
  });
});

describe('a shared queue', () => {
  it('is first in, first out, and null when it is empty', async () => {
    expect(await say(['registerSharedQueue own', 'enqueue 1', 'enqueue _', 'enqueue 3'])).toEqual([
      'queue',
      'Ok',
      'Ok',
      'Ok',
    ]);
    expect(await say(['registerSharedQueue own', 'dequeue', 'dequeue', 'dequeue', 'dequeue'])).toEqual([
      'queue',
      "'1'",
      "''",
      "'3'",
      'null',
    ]);
  });

  it('can be looked up by another VM, and by its own one without the vm_id', async () => {
    await say(['registerSharedQueue found', 'enqueue 1']);
    expect(await say(['findSharedQueue one found', 'dequeue'], 'two')).toEqual(['queue', "'1'"]);
    expect(await say(['findSharedQueue _ found', 'dequeue'])).toEqual(['queue', 'null']);
  });

  it('is not found unless it was registered', async () => {
    expect(
      await say(
        ['findSharedQueue one none', 'findSharedQueue nowhere found', 'findSharedQueue _ found'],
        'two',
      ),
    ).toEqual(['null', 'null', 'null']);
  });

  it('that does not exist can be neither written nor read', async () => {
    expect(await say(['noQueue', 'enqueue 1', 'dequeue'])).toEqual(['queue', 'NotFound', 'null']);
  });

  it('notifies the last root context that registered it, in another VM and thread, once per entry', async () => {
    expect(await say(['findSharedQueue three queue', 'enqueue 1', 'enqueue 2'])).toEqual([
      'queue',
      'Ok',
      'Ok',
    ]);
    const said = await envoy.eventually(() => {
      const lines = readSaid(envoy.log(), 'last');
      return lines.length >= 2 && lines;
    });
    expect(readSaid(envoy.log(), 'first')).toEqual([]);
    expect(said).toEqual(["onQueueReady true '1'", "onQueueReady true '2'"]);
  });
});

describe('a metric', () => {
  it('can be a counter', async () => {
    expect(await say(['addOne counter', 'addToCounter counter 41', 'getCounter counter'])).toEqual([
      'Ok',
      'Ok',
      '42',
    ]);
    expect(await envoy.stat('wasmcustom.wasm_filter.one.counter')).toBe(42);
  });

  it('cannot be incremented by 0: BadArgument', async () => {
    expect(await say(['addToCounter nothing 0', 'getCounter nothing'])).toEqual(['BadArgument', '0']);
  });

  it('can be a gauge that is incremented, decremented and set', async () => {
    expect(
      await say([
        'addToGauge gauge 5',
        'addToGauge gauge -2',
        'addToGauge gauge 0',
        'getGauge gauge',
        'setGauge gauge 4294967296',
        'getGauge gauge',
      ]),
    ).toEqual(['Ok', 'Ok', 'Ok', '3', 'Ok', '4294967296']);
    expect(await envoy.stat('wasmcustom.wasm_filter.one.gauge')).toBe(4294967296);
  });

  it('wraps around below 0', async () => {
    expect(await say(['addToGauge below -1', 'getGauge below'])).toEqual(['Ok', '18446744073709551615']);
  });

  it('can be a histogram', async () => {
    expect(await say(['record histogram 5', 'record histogram 7'])).toEqual(['Ok', 'Ok']);
    await expect
      .poll(() => envoy.admin('/stats?filter=wasm_filter.one.histogram&histogram_buckets=summary'), {
        timeout: 8000,
      })
      .toMatch(/P100\(\S*,7\.\d+\)/);
  });

  it('belongs to its plugin, even if another plugin has one of the same name', async () => {
    await say(['addToCounter common 1']);
    await say(['addToCounter common 2'], 'two');
    expect(await envoy.stat('wasmcustom.wasm_filter.one.common')).toBe(1);
    expect(await envoy.stat('wasmcustom.wasm_filter.two.common')).toBe(2);
  });

  it('never has the id 0, which stands for one that could not be defined', async () => {
    expect(await say(['addToNone', 'recordInNone'])).toEqual(['NotFound', 'NotFound']);
  });
});

describe('a foreign function', () => {
  it('returns its result', async () => {
    const text = 'some text '.repeat(20).replaceAll(' ', '-');
    const said = await say([`callForeignFunction compress ${text}`, 'callWithResult uncompress']);
    expect(said[0]).toMatch(/^Ok \[120,/);
    expect(said[1]).toBe(`Ok '${text}'`);
  });

  it('can return nothing, and can fail', async () => {
    expect(
      await say(['callForeignFunction clear_route_cache _', 'callForeignFunction uncompress garbage']),
    ).toEqual(["Ok ''", 'SerializationFailure null']);
  });

  it('that Envoy does not have returns NotFound', async () => {
    expect(await say(['callForeignFunction nothing x'])).toEqual(['NotFound null']);
  });
});

it('random bytes fill the array, however long, and differ each time', async () => {
  const lengths = [0, 8, 8, 65_537, 200_000];
  const said = await say(lengths.map((length) => `getRandomBytes ${length}`));
  const parts = said.map((line) => line.split(' '));
  expect(parts.map(([length]) => Number(length))).toEqual(lengths);
  // Eight bytes are the same, or all zero, once in 2^64 times.
  expect(new Set(parts.map(([, begin]) => begin)).size).toBe(lengths.length);
  expect(parts.flat()).not.toContain('0,0,0,0,0,0,0,0');
});

it('20,000 hostcalls of each kind need no more memory than 2,000', async () => {
  const each = (times: number) => [
    `repeat ${times} setSharedData memory value`,
    `repeat ${times} getSharedData memory`,
    'registerSharedQueue memory',
    `repeat ${times} enqueue bytes`,
    `repeat ${times} dequeue`,
    `repeat ${times / 100} callForeignFunction compress text`,
    `repeat ${times} addOne memory`,
    `repeat ${times} setGauge memory-gauge 1`,
    `repeat ${times} record memory-histogram 1`,
    'memory',
  ];
  const few = (await say(each(2000))).at(-1);
  expect((await say(each(20_000))).at(-1)).toBe(few);
});
