import { expect, it } from 'vitest';
import { crashOften } from './support/crash.ts';
import { askEcho } from './support/echo.ts';
import { type Deployment, type Project, replace } from './support/project.ts';

/** How many requests follow each one that crashes. */
const count = 40;

/** Defines the tests of an HTTP filter that crashes on a request with the header `x-crash`. */
export function describeCrashingRequests(project: () => Project, deployment: () => Deployment): void {
  it('answers the request that crashes with 503, and serves all that begin after it', async () => {
    const { url } = deployment();
    await crashOften(deployment(), async () => {
      expect((await fetch(url, { headers: { 'x-crash': '1' } })).status).toBe(503);
      const answers = await Promise.all(Array.from({ length: count }, () => fetch(url)));
      expect(answers.map(({ status }) => status)).toEqual(Array(count).fill(200));
      await Promise.all(answers.map((answer) => answer.text()));
    });
  });
  const forged = { 'x-forwarded-for': '203.0.113.1, 203.0.113.2' };

  it('shows the filter the address of the client, whatever the client writes into x-forwarded-for', async () => {
    expect(await askEcho(deployment().url, forged)).toMatchObject({
      'x-source': expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    });
  });

  it('shows the filter the address that a trusted proxy has added, once that line is uncommented', async () => {
    const trust = replace('#   xff_num_trusted_hops: 1', 'xff_num_trusted_hops: 1');
    await project().withBootstrap(trust, () =>
      project().deploy(
        async ({ url }) => expect(await askEcho(url, forged)).toMatchObject({ 'x-source': '203.0.113.2:0' }),
        {},
        // The module of the variant.
        ['-o', 'build'],
      ),
    );
  });
}
