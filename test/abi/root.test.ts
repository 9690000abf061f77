import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bootstrap,
  cluster,
  httpFilter,
  httpListener,
  listenerFile,
  type Plugin,
  service,
} from './bootstrap.ts';
import { Envoy } from './envoy.ts';
import { request, startUpstream } from './http.ts';
import { readSaid, type Script, writeScript } from './scripted.ts';

type Filter = Readonly<{ tag: string; plugin: Plugin }>;

let upstream: Awaited<ReturnType<typeof startUpstream>>;
beforeAll(async () => {
  upstream = await startUpstream(() => ({}));
});
afterAll(() => upstream.stop());

/** A plugin that runs a script. */
function scripted(script: Script, others: Partial<Plugin> = {}): Filter {
  const { tag, text } = writeScript(script);
  return { tag, plugin: { module: 'root', name: tag, ...others, configuration: `${tag}\n${text}` } };
}

/** Runs Envoy with services while `use` runs. */
function withServices(plugins: readonly Plugin[], use: (envoy: Envoy) => Promise<void>): Promise<void> {
  return withEnvoy({ bootstrap_extensions: plugins.map(service) }, use);
}

/** Runs Envoy with parts of a bootstrap while `use` runs. Fails if its log has a complaint. */
async function withEnvoy(parts: object, use: (envoy: Envoy) => Promise<void>): Promise<void> {
  const static_resources = { clusters: [cluster('upstream', [upstream.port])] };
  const envoy = await Envoy.start(bootstrap({ static_resources, ...parts }));
  let complaints: readonly string[] = [];
  try {
    await use(envoy);
  } finally {
    complaints = await envoy.stop();
  }
  expect(complaints).toEqual([]);
}

/** Waits until a plugin has said so many lines. Returns all that it has said. */
const hear = (envoy: Envoy, { tag }: Filter, count: number) =>
  envoy.eventually(() => {
    const said = readSaid(envoy.log(), tag);
    return said.length >= count && said;
  }, `${count} lines of ${tag}`);

describe('a root context', () => {
  it('gets the configurations of the VM and the plugin, and can read its own properties', async () => {
    const filter = scripted(
      {
        callbacks: ['told'],
        onConfigure: [
          'getProperty plugin_name',
          'getProperty request path',
          'setProperty mine 1',
          'setEffectiveContext 4242',
        ],
      },
      { vmConfiguration: 'of the VM' },
    );
    await withServices([filter.plugin], async (envoy) => {
      const said = await hear(envoy, filter, 5);
      expect(said.slice(0, 5)).toEqual([
        'onConfigure of the VM',
        `'${filter.tag}'`,
        'null',
        'NotFound',
        'BadArgument',
      ]);
      expect(envoy.log()).toContain('said top of the file');
    });
  });

  it.each([
    ['onVmStart', { vmConfiguration: 'refused' }, 'x\nx'],
    ['onConfigure', {}, 'without a script'],
  ])('keeps Envoy from starting if it returns false from %s', async (_, others, configuration) => {
    const { plugin } = scripted({}, others);
    await expect(withServices([{ ...plugin, configuration }], async () => {})).rejects.toThrow(
      'failed to load',
    );
  });

  it('can read the time', async () => {
    const filter = scripted({ onConfigure: ['getCurrentTime'] });
    const before = Date.now();
    await withServices([filter.plugin], async (envoy) => {
      const time = Number(BigInt((await hear(envoy, filter, 1))[0] ?? '') / 1_000_000n);
      expect(time).toBeGreaterThanOrEqual(before);
      expect(time).toBeLessThanOrEqual(Date.now());
    });
  });

  it('can measure time by a clock that is not the time of day', async () => {
    const filter = scripted({
      onConfigure: ['getMonotonicTime', 'setTickPeriod 200'],
      onTick: ['getMonotonicTime'],
    });
    await withServices([filter.plugin], async (envoy) => {
      // onConfigure also runs in the copy in which Envoy tries the configuration.
      const said = await hear(envoy, filter, 5);
      const times = said
        .filter((text) => /^\d+$/.test(text))
        .map((time) => Number(BigInt(time) / 1_000_000n));
      const [first = 0, ...others] = times;
      expect(first).toBeLessThan(Date.now() / 2);
      expect((others.at(-1) ?? 0) - first).toBeGreaterThan(150);
    });
  });

  it('ticks once per period, and stops if that is 0', async () => {
    const ticking = scripted({ onConfigure: ['setTickPeriod 200'], onTick: ['getCurrentTime'] });
    const ending = scripted({ onConfigure: ['setTickPeriod 10'], onTick: ['setTickPeriod 0'] });
    await withServices([ticking.plugin, ending.plugin], async (envoy) => {
      // Two are from onConfigure, which also runs in the copy in which Envoy tries the configuration.
      const times = (await hear(envoy, ticking, 6)).slice(2).map((time) => Number(BigInt(time) / 1_000_000n));
      expect((times.at(3) ?? 0) - (times.at(0) ?? 0)).toBeGreaterThan(3 * 150);
      expect(readSaid(envoy.log(), ending.tag)).toEqual(['Ok', 'Ok', 'Ok']);
    });
  });

  it('logs, and can read the log level', async () => {
    const filter = scripted({ onConfigure: ['setTickPeriod 20'], onTick: ['getLogLevel', 'logAll'] });
    const names = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
    await withServices([filter.plugin], async (envoy) => {
      for (const [level, name] of names.entries()) {
        await envoy.admin(`/logging?wasm=${name}`, 'POST');
        const from = envoy.log().length;
        const ticks = new RegExp(`said ${filter.tag} (\\d)$([^]*?)said ${filter.tag} logged$`, 'gm');
        const tick = await envoy.eventually(() => [...envoy.log().slice(from).matchAll(ticks)][2]);
        expect(tick[1]).toBe(`${level}`);
        const shown = [...(tick[2] ?? '').matchAll(/\[(\w+)\]\[wasm\] .* level (\d)$/gm)].map(
          ([, as, number]) => [as, number],
        );
        expect(shown).toEqual(names.slice(level).map((each, index) => [each, `${level + index}`]));
      }
    });
  });
});

describe('a plugin that is replaced while requests flow', () => {
  it('is deleted without a failed request, and the other plugins of its VM keep running', async () => {
    const old = scripted({ callbacks: ['told'] });
    const fresh = scripted({ callbacks: ['told'], onConfigure: ['getSharedData kept'] });
    const staying = scripted({ onConfigure: ['setTickPeriod 50'], onTick: ['setSharedData kept 1'] });
    await withListener([old, staying], async (envoy, replace) => {
      await hear(envoy, staying, 6);
      const port = await envoy.port('http');
      const statuses: Promise<unknown>[] = [];
      const sending = setInterval(() => {
        statuses.push(request(port, {}).then(({ headers }) => headers[':status']));
      }, 5);
      await sleep(100);
      replace([fresh, staying]);
      await hear(envoy, fresh, 6);
      await sleep(100);
      clearInterval(sending);
      expect(new Set(await Promise.all(statuses))).toEqual(new Set([200]));
      expect(readSaid(envoy.log(), fresh.tag)[1]).toBe("'1'");
      // One on the main thread, one on the worker. The third only tried the configuration.
      const said = await hear(envoy, old, 7);
      expect(said.filter((line) => line === 'onDelete')).toHaveLength(2);
      await hear(envoy, staying, readSaid(envoy.log(), staying.tag).length + 4);
    });
  });

  it.each([
    ['alone in its VM', []],
    ['with others in its VM', [scripted({})]],
  ])('%s, stays until it calls done if onDone returned false, here after an HTTP call', async (_, others) => {
    const old = scripted({
      callbacks: ['told'],
      onDone: ['done', 'httpCall', 'pause'],
      onHttpCallResponse: ['done', 'done'],
    });
    await withListener([old, ...others], async (envoy, replace) => {
      await request(await envoy.port('http'), {});
      replace([scripted({}), ...others]);
      const said = await hear(envoy, old, 17);
      const each = ['onDone', 'NotFound', 'Ok', 'onHttpCallResponse true', 'Ok', 'NotFound', 'onDelete'];
      expect(said.toSorted()).toEqual(
        ['onConfigure ', 'onConfigure ', 'onConfigure ', ...each, ...each].toSorted(),
      );
      expect(said.at(-1)).toBe('onDelete');
    });
  });
});

it('Envoy calls proxy_on_done for each request only if the module exports it', async () => {
  for (const [module, count] of [
    ['root', 1],
    ['http', 0],
  ] as const) {
    const filter = scripted({}, { module });
    await withListener([filter], async (envoy) => {
      await envoy.admin('/logging?wasm=trace', 'POST');
      await request(await envoy.port('http'), {});
      await envoy.eventually(() => envoy.log().includes('[host->vm] proxy_on_delete('));
      expect(envoy.log().match(/\[host->vm\] proxy_on_done\(/g) ?? []).toHaveLength(count);
    });
  }
});

/** Runs Envoy with a listener with these filters; `use` can replace them while it runs. */
async function withListener(
  filters: readonly Filter[],
  use: (envoy: Envoy, replace: (filters: readonly Filter[]) => void) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'create-envoy-filter-listeners-'));
  const path = join(folder, 'listeners.json');
  const replace = (others: readonly Filter[]) => {
    const text = listenerFile([
      httpListener(
        'http',
        others.map(({ plugin }) => httpFilter(plugin)),
        'upstream',
      ),
    ]);
    writeFileSync(join(folder, 'new.json'), text);
    // Envoy notices only moves.
    renameSync(join(folder, 'new.json'), path);
  };
  replace(filters);
  const dynamic = {
    node: { id: 'test', cluster: 'test' },
    dynamic_resources: { lds_config: { path_config_source: { path } } },
  };
  await withEnvoy(dynamic, (envoy) => use(envoy, replace));
  rmSync(folder, { recursive: true });
}
