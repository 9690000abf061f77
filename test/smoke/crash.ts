import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/contexts.ts';
import type { Language } from '../../src/languages/index.ts';
import { crashPatches, earlyCrashPatches, forgetfulPatches } from './patches.ts';
import { Client, expectGreeted } from './support/client.ts';
import { askEcho } from './support/echo.ts';
import { type Deployment, deployOnce, type Project, replace } from './support/project.ts';
import { readStats } from './support/stats.ts';

const crashes = 10;
const innocents = 40;

/** Tests what a crash of the filter costs, with a variant of the project that crashes on demand. */
export function describeCrashes(language: Language, context: Context, project: () => Project): void {
  describe('changed so that it crashes on demand', () => {
    const patch = crashPatches[language.id]?.[context.id];
    if (patch === undefined) throw new Error(`patches.ts has none for ${language.id} ${context.id}`);
    const deployment = deployOnce(project, (start) =>
      project().withFile(language.files.glue, patch, () => start()),
    );
    if (context.id === 'stream') describeCrashingConnections(deployment);
    else {
      describeCrashingRequests(deployment);
      describeSourceAddress(project, deployment);
    }
  });
}

/** Tests that a root context that creates no contexts is found before it is deployed. */
export function describeForgetfulness(language: Language, context: Context, project: () => Project): void {
  // The service's filter is an HTTP filter.
  if (context.id === 'root') return;
  it('fails `make test`, which says why, if the root context creates no contexts', async () => {
    const [patch, why] = forgetfulPatches[language.id] ?? [];
    if (patch === undefined) throw new Error(`patches.ts has none for ${language.id}`);
    await project().withFile(language.files.glue, patch, async () => {
      const { status, stdout, stderr } = await project().make(['test', 'TEST=greeting']);
      expect(stdout + stderr).toContain(why);
      expect(status).toBe(2);
    });
  });
}

/** Tests that `make check` finds a module that crashes when Envoy creates its root context. */
export function describeEarlyCrash(language: Language, project: () => Project): void {
  it('fails `make check` if the module crashes before Envoy serves', async () => {
    const patch = earlyCrashPatches[language.id];
    if (patch === undefined) throw new Error(`patches.ts has none for ${language.id}`);
    await project().withFile(language.files.glue, patch, async () => {
      const { status, stderr } = await project().make(['check']);
      expect(stderr).toContain('proxy_on_context_create failed');
      expect(status).toBe(2);
    });
  });
}

function describeCrashingRequests(deployment: () => Deployment): void {
  it('answers the request that crashes with 503, and serves all that begin after it', async () => {
    const { url } = deployment();
    await crashOften(deployment(), async () => {
      expect((await fetch(url, { headers: { 'x-crash': '1' } })).status).toBe(503);
      const answers = await Promise.all(Array.from({ length: innocents }, () => fetch(url)));
      expect(answers.map(({ status }) => status)).toEqual(Array(innocents).fill(200));
      await Promise.all(answers.map((answer) => answer.text()));
    });
  });
}

function describeSourceAddress(project: () => Project, deployment: () => Deployment): void {
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

function describeCrashingConnections(deployment: () => Deployment): void {
  it('closes the connection that crashes, and serves all that are made after it', async () => {
    const { port } = deployment();
    await crashOften(deployment(), async () => {
      const culprit = await Client.connect(port);
      culprit.send('!');
      expect(await culprit.receiveAll().catch(() => Buffer.alloc(0))).toEqual(Buffer.alloc(0));
      const clients = await Promise.all(Array.from({ length: innocents }, () => Client.connect(port)));
      for (const client of clients) client.send('hi');
      for (const client of clients) {
        await expectGreeted(client, 'hi');
        client.close();
      }
    });
  });
}

/** Makes the filter crash several times, each time after the back-off. */
async function crashOften(deployment: Deployment, crash: () => Promise<void>): Promise<void> {
  for (let round = 0; round < crashes; round++) {
    await sleep(50);
    await crash();
  }
  expect(deployment.output().match(/^[\d:]+ error Function: \w+ failed/gm)).toHaveLength(crashes);
  expect([...(await readStats(deployment, 'vm_reload_backoff$'))]).toEqual([[expect.any(String), 0]]);
}
