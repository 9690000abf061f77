import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fuzz } from '../../support/fuzz.ts';
import type { Project } from '../../support/project.ts';
import { exchange, type RandomRequest, randomRequests } from '../../support/random-requests.ts';
import { eventually } from '../../support/stats.ts';
import { addServices } from './bootstrap.ts';
import { Answers, type RandomAnswer, randomAnswers } from './random-answers.ts';
import { deployRefreshing, RefreshUpstream, refreshing } from './upstream.ts';

/** A service calls at most ten times a second: so many services get all answers in about 20 seconds. */
const paths = Array.from({ length: 60 }, (_, number) => `/${number}`);

/** Tests that random input does not break the background service. */
export function describeRootFuzz(project: () => Project): void {
  it('handles 10,000 random requests correctly while services receive as many random responses', async () => {
    const upstream = new RefreshUpstream();
    const fields = { refresh_timeout_ms: 100 };
    const more = paths.map((refresh_path) => JSON.stringify({ ...refreshing, ...fields, refresh_path }));
    await deployRefreshing(project(), upstream, { fields, change: addServices(more) }, async (deployment) => {
      const answers = new Answers(upstream);
      const probe = async ([request, answer]: readonly [RandomRequest, RandomAnswer]) => {
        const taken = answers.offer(answer);
        const hello = await exchange(deployment.port, request);
        if (hello !== undefined) expectHello(hello, request.host, answers.greetings);
        await taken;
      };
      await fuzz({ deployment, inputs: fc.tuple(randomRequests, randomAnswers), width: 64, probe });
      // A crashed service never calls again.
      upstream.requests = [];
      await eventually(() => paths.filter((path) => !upstream.hasBeenAskedFor(path))).toEqual([]);
    });
  });
}

function expectHello(hello: Buffer, host: string, greetings: ReadonlySet<string>): void {
  const end = ` from ${host}`;
  const text = hello.toString();
  expect(text.endsWith(end)).toBe(true);
  expect(['Hello world', ...greetings]).toContain(text.slice(0, -end.length));
}
