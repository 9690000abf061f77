import { expect, it } from 'vitest';
import { readHello } from '../../support/echo.ts';
import { fuzz } from '../../support/fuzz.ts';
import type { Project } from '../../support/project.ts';
import { eventually } from '../../support/stats.ts';
import { addServices } from './bootstrap.ts';
import { Answers, type RandomAnswer, randomAnswers } from './random-answers.ts';
import { deployRefreshing, RefreshUpstream, refreshing } from './upstream.ts';

/** A service calls at most ten times a second: so many services get all answers in about 20 seconds. */
const paths = Array.from({ length: 60 }, (_, number) => `/${number}`);

/** Tests that random input does not break the background service. */
export function describeRootFuzz(project: () => Project): void {
  it('handles requests correctly while services receive 10,000 random responses', async () => {
    const upstream = new RefreshUpstream();
    const fields = { refresh_timeout_ms: 100 };
    const more = paths.map((refresh_path) => JSON.stringify({ ...refreshing, ...fields, refresh_path }));
    await deployRefreshing(project(), upstream, { fields, change: addServices(more) }, async (deployment) => {
      const answers = new Answers(upstream);
      const probe = async (answer: RandomAnswer) => {
        const taken = answers.offer(answer);
        expectHello(await readHello(deployment.url), new URL(deployment.url).host, answers.greetings);
        await taken;
      };
      await fuzz({ deployment, inputs: randomAnswers, width: 64, probe });
      // A crashed service never calls again.
      upstream.requests = [];
      await eventually(() => paths.filter((path) => !upstream.hasBeenAskedFor(path))).toEqual([]);
    });
  });
}

function expectHello(hello: string, host: string, greetings: ReadonlySet<string>): void {
  const end = ` from ${host}`;
  expect(hello.endsWith(end)).toBe(true);
  expect(['Hello world', ...greetings]).toContain(hello.slice(0, -end.length));
}
