import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { configureLast } from '../../support/bootstrap.ts';
import type { Project } from '../../support/project.ts';
import { eventually, readMetric } from '../../support/stats.ts';
import { withoutService } from './bootstrap.ts';
import { day, deployRefreshing, greet, RefreshUpstream, refreshing } from './upstream.ts';

/** Tests how often the background service calls. */
export function describeTicks(project: () => Project): void {
  describe('makes one request per period', () => {
    it('as a service, with concurrency 2', () => expectOneRequest(project(), 2, (bootstrap) => bootstrap));

    it.each([1, 2, 4])('as a filter without a service, with concurrency %d', (concurrency) =>
      expectOneRequest(project(), concurrency, withoutService),
    );

    it('as a filter with concurrency 4, about as many as a service', async () => {
      const upstream = new RefreshUpstream();
      upstream.answer = () => greet('Hi');
      const count = (path: string) =>
        upstream.requests.filter((line) => line.startsWith(`GET ${path} `)).length;
      const change = configureLast(JSON.stringify({ ...refreshing, refresh_path: '/filter' }));
      const fields = { refresh_path: '/service' };
      await deployRefreshing(project(), upstream, { fields, change, concurrency: 4 }, async () => {
        await eventually(() => count('/service')).toBeGreaterThanOrEqual(30);
        // A lease of 0.9 periods allows a few more calls. Without it, the five threads would make 150.
        expect(count('/filter')).toBeGreaterThan(15);
        expect(count('/filter')).toBeLessThan(60);
      });
    });
  });

  it('makes the next request only after the response or the time-out', async () => {
    const upstream = new RefreshUpstream();
    const fields = { refresh_timeout_ms: 1000 };
    await deployRefreshing(project(), upstream, { fields }, async (deployment) => {
      await eventually(() => readMetric(deployment, 'refresh_failures_total')).toBeGreaterThanOrEqual(3);
      // A call at each tick would leave ten waiting. The end of one may be seen after the start of the next.
      expect(upstream.mostWaiting).toBeLessThanOrEqual(2);
    });
  });
}

/** Every root context ticks soon after the start, and then a day later. */
async function expectOneRequest(
  project: Project,
  concurrency: number,
  change: (bootstrap: string) => string,
): Promise<void> {
  const upstream = new RefreshUpstream();
  upstream.answer = () => greet('Hi');
  const fields = { refresh_period_ms: day };
  await deployRefreshing(project, upstream, { fields, change, concurrency }, async () => {
    await eventually(() => upstream.requests.length).toBeGreaterThan(0);
    // On a slow machine, others may still come, but no wrong ones.
    await sleep(1000);
    expect(upstream.requests.length).toBe(1);
  });
}
