import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { configureFirst } from '../../support/bootstrap.ts';
import type { Project } from '../../support/project.ts';
import { eventually, expectNoReload, readPort } from '../../support/stats.ts';
import { discoverFilter } from '../refresh/bootstrap.ts';
import { addListener } from './bootstrap.ts';
import { send, slow } from './limits.ts';

const path = 'build/filter.yaml';

/** Tests what happens to the buckets when the configuration changes, and which plugins share them. */
export function describeReconfiguration(project: () => Project): void {
  it('keeps the buckets when the configuration changes while Envoy runs', async () => {
    await project().make(['build']);
    const [bootstrap, filter] = discoverFilter(await project().read('envoy-bootstrap.yml'), path);
    const configure = async (burst: number) => {
      const file = join(project().directory, path);
      const fields = { ...slow, key: 'header:x-user', burst };
      await writeFile(`${file}.new`, configureFirst(JSON.stringify(fields))(filter));
      // Envoy watches for moves alone.
      await rename(`${file}.new`, file);
    };
    await configure(3);
    await project().withBootstrap(
      () => bootstrap,
      () =>
        project().deploy(async (deployment) => {
          const sendFive = () => send(deployment.port, 5, 1, { 'x-user': 'alice' });
          expect(await sendFive()).toEqual({ 200: 3, 429: 2 });
          await configure(5);
          await expectPolicy(deployment.url, 5);
          expect(await sendFive()).toEqual({ 200: 2, 429: 3 });
          await configure(2);
          await expectPolicy(deployment.url, 2);
          expect(await sendFive()).toEqual({ 429: 5 });
          await expectNoReload(deployment);
        }),
    );
  });

  it('shares no buckets with plugins of another name, even without a vm_id', async () => {
    const fields = JSON.stringify({ ...slow, key: 'all', burst: 3 });
    const change = (bootstrap: string) => addListener('other')(configureFirst(fields)(bootstrap));
    await project().withBootstrap(change, () =>
      project().deploy(async (deployment) => {
        expect(await send(deployment.port, 5)).toEqual({ 200: 3, 429: 2 });
        expect(await send(await readPort(deployment, 'other'), 5)).toEqual({ 200: 3, 429: 2 });
      }),
    );
  });
}

/** Waits until every thread has the limit; each gets the new configuration at a time of its own. */
async function expectPolicy(url: string, burst: number): Promise<void> {
  const ask = async () => (await fetch(url)).headers.get('ratelimit-policy');
  await eventually(async () => [...new Set(await Promise.all(Array.from({ length: 20 }, ask)))]).toEqual([
    `"header";q=${burst};w=${burst * 1_000}`,
  ]);
}
