import { describe, expect, it } from 'vitest';
import { readHello } from '../../support/echo.ts';
import type { Project } from '../../support/project.ts';
import { eventually, expectNoReload, readMetric, readPort } from '../../support/stats.ts';
import { addPlugins, namePlugins } from './bootstrap.ts';
import { day, deployRefreshing, greet, RefreshUpstream, refreshing } from './upstream.ts';

/** The rule of Istio's bootstrap for the statistics of Wasm filters. */
const istioLabel = `
stats_config:
  stats_tags:
  - { regex: "(wasm_filter\\\\.(.+?)\\\\.)", tag_name: wasm_filter }
`;

/** Tests that plugins with different names do not share data. */
export function describeNames(project: () => Project): void {
  it('shares no data with plugins of another name, even without a vm_id', async () => {
    const upstream = new RefreshUpstream();
    upstream.answer = () => greet(`Greeting ${upstream.requests.length}`);
    const change = addPlugins('other', JSON.stringify({ ...refreshing, refresh_period_ms: day }));
    await deployRefreshing(project(), upstream, { change }, async (deployment) => {
      const others = `http://127.0.0.1:${await readPort(deployment, 'other')}/headers`;
      await eventually(() => readHello(others)).toMatch(/^Greeting \d+ from/);
      const own = (await readHello(others)).split(' from')[0];

      // The first one continues, with the same cluster and path.
      const later = `Greeting ${upstream.requests.length + 3}`;
      await eventually(() => upstream.requests.length).toBeGreaterThan(upstream.requests.length + 3);
      upstream.answer = () => greet(later);
      await eventually(() => readHello(deployment.url)).toContain(later);
      expect((await readHello(others)).split(' from')[0]).toBe(own);
      expect(await readMetric(deployment, 'refresh_successes_total', 'other')).toBe(1);
      await expectNoReload(deployment);
    });
  });

  describe('with a plugin name', () => {
    it.each([
      ['""', 'wasm_filter__refresh_successes_total{}'],
      ['default.my-filter', 'refresh_successes_total{wasm_filter="default_my-filter"}'],
      // The regular expression does not match a line break, so there is no label.
      ['"1 \\"ü\\n\\u0001.."', 'wasm_filter_1________refresh_successes_total{}'],
    ])('%s works, and Prometheus gets a metric', async (name, metric) => {
      const upstream = new RefreshUpstream();
      upstream.answer = () => greet('Hi');
      const change = (bootstrap: string) => namePlugins(name)(bootstrap) + istioLabel;
      await deployRefreshing(project(), upstream, { change }, async (deployment) => {
        await eventually(() => readHello(deployment.url)).toMatch(/^Hi from/);
        const metrics = await (await fetch(`${deployment.admin}/stats/prometheus`)).text();
        expect(metrics.match(/^.*refresh_successes_total\{.*(?= )/gm)).toEqual([metric]);
        await expectNoReload(deployment);
      });
    });
  });
}
