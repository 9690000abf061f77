import { expect, it } from 'vitest';
import { crashOften } from './support/crash.ts';
import { askEcho } from './support/echo.ts';
import { type Deployment, type Project, replace } from './support/project.ts';

/** How many requests follow each one that crashes. */
const count = 40;

/**
 * Defines the tests of an HTTP filter that crashes on a request with the header `x-crash`. Requests with these `headers`
 * pass it.
 */
export function describeCrashingRequests(
  project: () => Project,
  deployment: () => Deployment,
  headers: Readonly<Record<string, string>> = {},
): void {
  it('answers a request that crashes it with 503, and serves all later ones', async () => {
    const { url } = deployment();
    await crashOften(deployment(), async () => {
      expect((await fetch(url, { headers: { 'x-crash': '1' } })).status).toBe(503);
      const answers = await Promise.all(Array.from({ length: count }, () => fetch(url, { headers })));
      expect(answers.map(({ status }) => status)).toEqual(Array(count).fill(200));
      await Promise.all(answers.map((answer) => answer.text()));
    });
  });
  const forged = { ...headers, 'x-forwarded-for': '203.0.113.1, 203.0.113.2' };

  it('gives the filter the real client address even if the client forges x-forwarded-for', async () => {
    expect(await askEcho(deployment().url, forged)).toMatchObject({
      'x-source': expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    });
  });

  it('gives the filter the address from a trusted proxy if that line of the bootstrap is uncommented', async () => {
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
