import { describe, expect, it } from 'vitest';
import { withoutService } from './bootstrap.ts';
import type { Project } from './project.ts';
import { deployRefreshing, greet, RefreshUpstream } from './refresh-upstream.ts';
import { eventually, readStat } from './stats.ts';

const period = 200;

/** Takes a way to a project whose sample is the background service; defines how often it asks. */
export function describeTicks(project: () => Project): void {
  describe('asks once a period', () => {
    it('as a service, with concurrency 2', () => expectOncePerPeriod(project(), 2, (bootstrap) => bootstrap));

    it.each([1, 2, 4])('as a filter without a service, with concurrency %d', (concurrency) =>
      expectOncePerPeriod(project(), concurrency, withoutService),
    );
  });

  it('asks again only after the answer or the time-out', async () => {
    const timeout = 1000;
    const upstream = new RefreshUpstream();
    await deployRefreshing(
      project(),
      upstream,
      { fields: { refresh_timeout_ms: timeout } },
      async (deployment) => {
        const failures = () => readStat(deployment, 'wasmcustom.refresh_failures_total');
        await eventually(failures).toBeGreaterThan(0);
        const begin = performance.now();
        await eventually(failures).toBeGreaterThanOrEqual(4);
        // If it asked at each tick they would follow each other by a tenth of the time-out.
        expect(performance.now() - begin).toBeGreaterThan(1.5 * timeout);
      },
    );
  });
}

/** Two who ask need half of the time for twenty requests. A slow machine only needs more. */
async function expectOncePerPeriod(
  project: Project,
  concurrency: number,
  change: (bootstrap: string) => string,
): Promise<void> {
  const upstream = new RefreshUpstream();
  upstream.answer = () => greet('Hi');
  const fields = { refresh_period_ms: period };
  await deployRefreshing(project, upstream, { fields, change, concurrency }, async () => {
    await eventually(() => upstream.requests.length).toBeGreaterThan(0);
    const [begin, before] = [performance.now(), upstream.requests.length];
    await eventually(() => upstream.requests.length).toBeGreaterThanOrEqual(before + 20);
    expect(performance.now() - begin).toBeGreaterThan(14 * period);
  });
}
