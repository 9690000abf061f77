import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refresh } from '../../../../src/templates/refresh.ts';
import { describeHostility } from '../../hostile/index.ts';
import { describeProjects } from '../../projects.ts';
import { describeRefusals } from '../../refusals.ts';
import { describeShutdown } from '../../shutdown.ts';
import { configureFirst, configureLast } from '../../support/bootstrap.ts';
import { askEcho, readHello } from '../../support/echo.ts';
import { type Deployment, deployOnce, type Project, replace } from '../../support/project.ts';
import { eventually, readStats } from '../../support/stats.ts';
import { describeRefreshes } from './answers.ts';
import { describeRootFuzz } from './fuzz.ts';
import { describeNames } from './names.ts';
import { describeReconfiguration } from './reconfiguration.ts';
import { describeTicks } from './ticks.ts';

await describeProjects(refresh, describeTemplate);

function describeTemplate(project: () => Project): void {
  describe('as generated', () => describeGenerated(project, deployOnce(project)));
  describeRefreshes(project);
  describeTicks(project);
  describeNames(project);
  describeReconfiguration(project);
  describeCheck(project);
  describeShutdown(project, async ({ url }) => {
    await eventually(() => readHello(url)).toContain('Hello again');
  });
  describeRootFuzz(project);
  describeHostility(project, { sets: ['x-hello'] });
}

function describeGenerated(project: () => Project, deployment: () => Deployment): void {
  it('sets x-hello on the request to the upstream, with the greeting that the service has fetched', async () => {
    const { url } = deployment();
    await eventually(() => readHello(url)).toBe(`Hello again from ${new URL(url).host}`);
  });

  it('prints what to curl', () => {
    const { url, output } = deployment();
    expect(output()).toContain(`Try it: curl localhost:${new URL(url).port}/headers\n`);
  });

  it('logs and counts its refreshes', async () => {
    await eventually(deployment().output).toMatch(/^[\d:]+ info wasm log .*: refreshed: Hello again$/m);
    const counters = await readStats(deployment(), '^wasmcustom');
    const prefix = `wasmcustom.wasm_filter.${basename(project().directory)}`;
    expect([...counters.keys()]).toEqual([
      `${prefix}.refresh_failures_total`,
      `${prefix}.refresh_successes_total`,
    ]);
    expect(counters.get(`${prefix}.refresh_successes_total`)).toBeGreaterThan(0);
  });

  it('passes on header values that are not UTF-8', async () => {
    expect(await askEcho(deployment().url, { 'x-raw': '\xff\xfe' })).toMatchObject({ 'x-raw': '\xff\xfe' });
  });
}

const range = 'expected an integer from 100 to 86400000';

/** Configurations that Envoy rejects at start-up. */
function describeCheck(project: () => Project): void {
  describeRefusals(project, [
    [
      'an unknown field',
      configureFirst('{"refresh_perod_ms": 500}'),
      'refresh_perod_ms: unknown field `refresh_perod_ms`, expected',
    ],
    [
      'a cluster that is not a string',
      configureFirst('{"refresh_cluster": 3}'),
      'refresh_cluster: invalid type: ',
    ],
    [
      'a control character in the cluster',
      configureFirst('{"refresh_cluster": "a\\nb"}'),
      'refresh_cluster: control characters are not allowed',
    ],
    [
      'a control character in the authority',
      configureFirst('{"refresh_authority": "a\\nb"}'),
      'refresh_authority: control characters are not allowed',
    ],
    [
      'an invalid path',
      configureFirst('{"refresh_path": "greeting"}'),
      'refresh_path: expected a path such as /greeting',
    ],
    [
      'a space in the path',
      configureFirst('{"refresh_path": "/a b"}'),
      'refresh_path: expected a path such as /greeting',
    ],
    [
      'a period that is not a number',
      configureFirst('{"refresh_period_ms": "5s"}'),
      'refresh_period_ms: invalid type: ',
    ],
    [
      'a period that is too short',
      configureFirst('{"refresh_period_ms": 99}'),
      `refresh_period_ms: ${range}`,
    ],
    [
      'a time-out that is too long',
      configureFirst('{"refresh_timeout_ms": 86400001}'),
      `refresh_timeout_ms: ${range}`,
    ],
    ['invalid JSON', configureFirst('refresh'), ''],
    [
      'an unknown field for the filter',
      configureLast('{"greting": "Hi"}'),
      'greting: unknown field `greting`, expected',
    ],
    [
      'a control character in the greeting of the filter',
      configureLast('{"greeting": "a\\nb"}'),
      'greeting: control characters are not allowed',
    ],
  ]);

  it('fails `make lint` if the filter and the service are configured for different greetings', async () => {
    const other = configureLast(
      '{"greeting": "Hello world", "refresh_cluster": "refresh", "refresh_path": "/other"}',
    );
    await project().withBootstrap(other, async () => {
      const { status, stderr } = await project().make(['lint']);
      expect(stderr).toMatch(
        /^error: envoy-bootstrap\.yml:\d+: `refresh_path` is "\/other", above "\/greeting"$/m,
      );
      expect(status).toBe(2);
    });
  });

  it('fails `make check` if only the module of the service is corrupt', async () => {
    const corrupt = replace('filename: build/plugin.wasm', 'filename: build/corrupt.wasm');
    await project().make(['build']);
    await writeFile(join(project().directory, 'build/corrupt.wasm'), 'no module');
    await project().withBootstrap(corrupt, async () => {
      expect(await project().make(['check'])).toMatchObject({ status: 2 });
    });
    expect(await project().make(['check'])).toMatchObject({ status: 0 });
  });
}
