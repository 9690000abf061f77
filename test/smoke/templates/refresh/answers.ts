import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { withServer } from '../../../support/server.ts';
import { configureLast, useRealUpstream } from '../../support/bootstrap.ts';
import { readHello } from '../../support/echo.ts';
import type { Deployment, Project } from '../../support/project.ts';
import { eventually, expectNoReload, readMetric } from '../../support/stats.ts';
import { badAnswers } from './bad-answers.ts';
import { deployRefreshing, greet, RefreshUpstream } from './upstream.ts';

/** Tests how the background service handles responses. */
export function describeRefreshes(project: () => Project): void {
  it('uses the configured greeting until it has fetched one, then the latest', async () => {
    const upstream = new RefreshUpstream();
    const change = configureLast('{"greeting": "Grüß Gott", "refresh_cluster": "refresh"}');
    await deployRefreshing(project(), upstream, { change }, async (deployment) => {
      await expectFailures(deployment, 'silence');
      await expectGreeting(deployment, 'Grüß Gott');
      for (const greeting of ['Schönen Tag', 'Good "evening"', 'Good night']) {
        upstream.answer = () => greet(greeting);
        await expectGreeting(deployment, greeting);
      }
    });
  });

  it('requests the configured path from the configured cluster', async () => {
    const upstream = new RefreshUpstream();
    const fields = { refresh_path: '/a/greeting?x=1' };
    await deployRefreshing(project(), upstream, { fields }, async () => {
      await eventually(() => upstream.requests[0]).toMatch(
        /^GET \/a\/greeting\?x=1 HTTP\/1.1\r\nhost: refresh\r\n.*^accept: application\/json\r\n/ms,
      );
    });
  });

  it('sends the configured authority', async () => {
    const upstream = new RefreshUpstream();
    const fields = { refresh_authority: 'greeter.example.com' };
    await deployRefreshing(project(), upstream, { fields }, async () => {
      await eventually(() => upstream.requests[0]).toMatch(/^host: greeter\.example\.com\r\n/m);
    });
  });

  it('keeps the last greeting, counts the failure and continues after any bad response', async () => {
    const upstream = new RefreshUpstream();
    await deployRefreshing(project(), upstream, {}, async (deployment) => {
      for (const [what, answer] of badAnswers) {
        upstream.answer = () => greet(`Good until ${what}`);
        await expectGreeting(deployment, `Good until ${what}`);
        upstream.answer = answer;
        await expectFailures(deployment, what);
        await expectGreeting(deployment, `Good until ${what}`);
      }
      // One may be in progress.
      await eventually(async () => upstream.requests.length - (await countAnswers(deployment))).toBeOneOf([
        0, 1,
      ]);
      for (const why of ['status 500', 'status 504', 'the answer broke off']) {
        expect(deployment.output()).toContain(`refresh failed, the last greeting stays: ${why}\n`);
      }
      await expectNoReload(deployment);
    });
  });

  it('keeps the last greeting, counts the failure and continues while connections are refused', async () => {
    const upstream = new RefreshUpstream();
    upstream.answer = () => greet('Good');
    await deployRefreshing(project(), upstream, {}, async (deployment) => {
      await expectGreeting(deployment, 'Good');
      await upstream.refuse(async () => {
        await expectFailures(deployment, 'refused');
        await expectGreeting(deployment, 'Good');
      });
      upstream.answer = () => greet('Good again');
      await expectGreeting(deployment, 'Good again');
    });
  });

  it('continues, and logs why, if the cluster does not exist', async () => {
    const upstream = new RefreshUpstream();
    await deployRefreshing(
      project(),
      upstream,
      { fields: { refresh_cluster: 'nowhere' } },
      async (deployment) => {
        await expectFailures(deployment, 'nowhere');
        await expectGreeting(deployment, 'Hello world');
        expect(deployment.output()).toMatch(/refresh failed, the last greeting stays: .*\bnowhere\b/);
        expect(upstream.requests).toEqual([]);
        await expectNoReload(deployment);
      },
    );
  });

  it('uses a real upstream if the bootstrap is changed as its comment says', async () => {
    const real = createServer((request, response) => response.end(request.headers['x-hello']));
    await withServer(real, (port) =>
      project().withBootstrap(useRealUpstream(port), () =>
        project().deploy(async ({ url }) => {
          await eventually(async () => (await fetch(url)).text()).toBe(
            `Hello again from ${new URL(url).host}`,
          );
        }),
      ),
    );
  });
}

async function expectGreeting({ url }: Deployment, greeting: string): Promise<void> {
  await eventually(() => readHello(url)).toBe(`${greeting} from ${new URL(url).host}`);
}

/** Waits for two more failures: the first may belong to an earlier call. */
async function expectFailures(deployment: Deployment, what: string): Promise<void> {
  const before = await countFailures(deployment);
  await eventually(() => countFailures(deployment), what).toBeGreaterThanOrEqual(before + 2);
}

function countFailures(deployment: Deployment): Promise<number> {
  return readMetric(deployment, 'refresh_failures_total');
}

async function countAnswers(deployment: Deployment): Promise<number> {
  return (await countFailures(deployment)) + (await readMetric(deployment, 'refresh_successes_total'));
}
