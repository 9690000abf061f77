import { describe, expect, it } from 'vitest';
import { setConcurrency } from '../../support/concurrency.ts';
import { type Deployment, type Project, replaceMatch } from '../../support/project.ts';
import { expectNoReload, readMetric, readStats } from '../../support/stats.ts';
import { deployLimited, send, slow } from './limits.ts';

const fields = { ...slow, key: 'all', burst: 2_000 };

/** Tests that all workers together keep to the limit. */
export function describeWorkers(project: () => Project): void {
  describe('of 10,000 requests at the same time', () => {
    it.each([1, 2, 4])(
      'allows as many as the bucket has tokens, with concurrency %d',
      async (concurrency) => {
        const variables = await setConcurrency(project(), concurrency);
        const use = async (deployment: Deployment) => {
          expect(await send(deployment.port, 10_000, 64)).toEqual({ 200: 2_000, 429: 8_000 });
          expect(await countWorkers(deployment)).toBe(concurrency);
          expect(await readCounts(deployment)).toEqual({ allowed: 2_000, limited: 8_000, contended: 0 });
          await expectNoReload(deployment);
        };
        await deployLimited(project(), fields, use, variables);
      },
    );
  });

  it('refuses and counts requests whose tries run out', async () => {
    const noTries = replaceMatch(/(MAX_TRIES.*) = 16\b/, '$1 = 0');
    await project().withFile(project().files.glue, noTries, () =>
      deployLimited(project(), fields, async (deployment) => {
        expect(await send(deployment.port, 10)).toEqual({ 429: 10 });
        expect(await readCounts(deployment)).toEqual({ allowed: 0, limited: 10, contended: 10 });
      }),
    );
  });
}

async function readCounts(deployment: Deployment) {
  const [allowed, limited, contended] = await Promise.all(
    ['allowed', 'limited', 'contended'].map((name) => readMetric(deployment, `${name}_total`)),
  );
  return { allowed, limited, contended };
}

/** How many workers have had a connection. */
async function countWorkers(deployment: Deployment): Promise<number> {
  const stats = await readStats(
    deployment,
    `^listener.*_${deployment.port}\\.worker_\\d+\\.downstream_cx_total$`,
  );
  return [...stats.values()].filter((count) => count > 0).length;
}
