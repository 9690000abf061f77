import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'vitest';
import { withServer } from '../../../support/server.ts';
import { configureFirst, configureLast } from '../../support/bootstrap.ts';
import { readHello } from '../../support/echo.ts';
import type { Deployment, Project } from '../../support/project.ts';
import { eventually, expectNoReload } from '../../support/stats.ts';
import { discoverFilter, refreshFrom, withoutService } from './bootstrap.ts';
import { greet, RefreshUpstream, refreshing } from './upstream.ts';

const path = 'build/filter.yaml';

const first = { ...refreshing, refresh_path: '/one' };

/** Tests how the background service handles a new configuration. */
export function describeReconfiguration(project: () => Project): void {
  it('does not use a greeting from a previously configured source', () =>
    deployDiscovering(project(), withoutService, async ({ url }, configure) => {
      await configure(first);
      await expectGreeting(url, 'from /one');
      await configure({ ...first, refresh_path: '/silent' });
      await expectGreeting(url, 'Hello world');
      await configure({ ...first, refresh_path: '/two' });
      await expectGreeting(url, 'from /two');
      await configure({ ...first, refresh_path: '/two', refresh_authority: 'silent' });
      await expectGreeting(url, 'Hello world');
      await configure(first);
      await expectGreeting(url, 'from /one');
      await configure({ ...first, refresh_cluster: 'nowhere' });
      await expectGreeting(url, 'Hello world');
      await configure(first);
      await expectGreeting(url, 'from /one');
      await configure({});
      await expectGreeting(url, 'Hello world');
    }));

  it('keeps the fetched greeting if only the configured greeting changes', () => {
    const { refresh_cluster } = refreshing;
    return deployDiscovering(
      project(),
      configureFirst(JSON.stringify(refreshing)),
      async ({ url }, configure, upstream) => {
        await configure({ refresh_cluster });
        await expectGreeting(url, 'from /greeting');
        upstream.answer = () => 'none';
        await configure({ refresh_cluster, greeting: 'Hi' });
        await eventually(() => upstream.requests.length).toBeGreaterThan(upstream.requests.length + 3);
        await expectGreeting(url, 'from /greeting');
        await configure({ greeting: 'Hi' });
        await expectGreeting(url, 'Hi');
      },
    );
  });
}

/** Changes the filter's plugin configuration, as a mesh does. */
type Configure = (fields: Readonly<Record<string, string | number>>) => Promise<void>;

/** Deploys the project with a filter that can be reconfigured while Envoy runs, and an upstream with a greeting on each path. */
function deployDiscovering(
  project: Project,
  change: (bootstrap: string) => string,
  use: (deployment: Deployment, configure: Configure, upstream: RefreshUpstream) => Promise<void>,
): Promise<void> {
  const upstream = new RefreshUpstream();
  upstream.answer = (request) => {
    const [, from = ''] = request.match(/^GET (\S+)/) ?? [];
    return /\bsilent\b/.test(request) ? 'none' : greet(`from ${from}`);
  };
  return withServer(upstream.server, async (port) => {
    await project.make(['build']);
    const original = await project.read('envoy-bootstrap.yml');
    const [bootstrap, filter] = discoverFilter(refreshFrom(port)(change(original)), path);
    const configure: Configure = async (fields) => {
      const file = join(project.directory, path);
      await writeFile(`${file}.new`, configureLast(JSON.stringify(fields))(filter));
      // Envoy watches for moves alone.
      await rename(`${file}.new`, file);
    };
    await configure({});
    await project.withBootstrap(
      () => bootstrap,
      () =>
        project.deploy(async (deployment) => {
          await use(deployment, configure, upstream);
          await expectNoReload(deployment);
        }),
    );
  });
}

/** Waits until every thread greets so; each gets the new configuration at a time of its own. */
async function expectGreeting(url: string, greeting: string): Promise<void> {
  const hellos = () => Promise.all(Array.from({ length: 20 }, () => readHello(url)));
  await eventually(async () => [...new Set(await hellos())]).toEqual([
    `${greeting} from ${new URL(url).host}`,
  ]);
}
