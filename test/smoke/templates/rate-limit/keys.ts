import { Agent } from 'node:http';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeHostility } from '../../hostile/index.ts';
import { configureFirst } from '../../support/bootstrap.ts';
import { fuzz } from '../../support/fuzz.ts';
import { type Deployment, type Project, replace } from '../../support/project.ts';
import { readMetric } from '../../support/stats.ts';
import { deployLimited, send, sendOne, slow } from './limits.ts';

/** Values of a header, most of them not UTF-8, and so long that memory shows if each is kept. */
const randomKeys = fc
  .string({
    unit: fc.integer({ min: 0xa0, max: 0xff }).map((code) => String.fromCharCode(code)),
    minLength: 9,
  })
  .map((text) => text.repeat(200));

/** Tests which requests share a bucket. */
export function describeKeys(project: () => Project): void {
  it('gives each value of the header a bucket, and one to all requests without it', async () => {
    await deployLimited(project(), { ...slow, key: 'header:X-User', burst: 2 }, async ({ port }) => {
      for (const user of ['alice', 'bob', '\xff\x80', 'x'.repeat(50_000)]) {
        expect(await send(port, 3, 1, { 'x-user': user }), user).toEqual({ 200: 2, 429: 1 });
      }
      expect(await send(port, 2)).toEqual({ 200: 2 });
      expect(await send(port, 1, 1, { 'x-user': '' })).toEqual({ 429: 1 });
    });
  });

  it('gives a client one bucket whatever its port, and whatever it writes into x-forwarded-for', async () => {
    await deployLimited(project(), { ...slow, key: 'address', burst: 3 }, async ({ port }) => {
      expect(await send(port, 2, 2)).toEqual({ 200: 2 });
      expect(await send(port, 3, 3, { 'x-forwarded-for': '203.0.113.1' })).toEqual({ 200: 1, 429: 2 });
    });
  });

  it("takes the client's address from a trusted proxy if that line of the bootstrap is uncommented", async () => {
    const trust = replace('#   xff_num_trusted_hops: 1', 'xff_num_trusted_hops: 1');
    const use = async ({ port }: Deployment) => {
      for (const client of ['203.0.113.1', '203.0.113.2']) {
        const headers = { 'x-forwarded-for': `203.0.113.9, ${client}` };
        expect(await send(port, 2, 1, headers)).toEqual({ 200: 1, 429: 1 });
      }
    };
    await project().withBootstrap(trust, () =>
      deployLimited(project(), { ...slow, key: 'address', burst: 1 }, use),
    );
  });

  const fields = { requests_per_second: 1_000_000, key: 'header:x-hello', burst: 1_000_000 };

  it('counts 10,000 random keys, without a crash or a leak', async () => {
    await deployLimited(project(), fields, async (deployment) => {
      const agent = new Agent({ keepAlive: true });
      const probe = async (key: string) => {
        expect(await sendOne(deployment.port, agent, { 'x-hello': key })).toBe(200);
      };
      await fuzz({ deployment, inputs: randomKeys, width: 16, probe });
      agent.destroy();
      expect(await readMetric(deployment, 'allowed_total')).toBe(10_000);
    });
  });

  describeHostility(project, { change: configureFirst(JSON.stringify(fields)) });
}
