import { describe, expect, it } from 'vitest';
import { rateLimit } from '../../../../src/templates/rate-limit.ts';
import { runToEnd } from '../../../support/command.ts';
import { describeProjects } from '../../projects.ts';
import { describeRefusals } from '../../refusals.ts';
import { describeShutdown } from '../../shutdown.ts';
import { configureFirst } from '../../support/bootstrap.ts';
import { type Deployment, deployOnce, type Project } from '../../support/project.ts';
import { describeKeys } from './keys.ts';
import { send } from './limits.ts';
import { describeReconfiguration } from './reconfiguration.ts';
import { describeWorkers } from './workers.ts';

await describeProjects(rateLimit, describeTemplate);

const key = 'key: expected `all`, `address` or `header:` and a name';
const rate = 'requests_per_second: expected a number from 0.001 to 1000000';
const burst = 'burst: expected an integer from 1 to 1000000';

function describeTemplate(project: () => Project): void {
  describe('as generated', () => describeGenerated(deployOnce(project)));
  describeWorkers(project);
  describeKeys(project);
  describeReconfiguration(project);
  describeRefusals(project, [
    ['an unknown field', configureFirst('{"brust": 1}'), 'brust: unknown field `brust`, expected'],
    ['an unknown key', configureFirst('{"key": "adress"}'), key],
    ['no name of a header', configureFirst('{"key": "header:"}'), key],
    ['an invalid name of a header', configureFirst('{"key": "header:x y"}'), key],
    ['a key that is not a string', configureFirst('{"key": 1}'), 'key: invalid type: '],
    ['a rate of 0', configureFirst('{"requests_per_second": 0}'), rate],
    ['a rate that is too high', configureFirst('{"requests_per_second": 1e9}'), rate],
    [
      'a rate that is not a number',
      configureFirst('{"requests_per_second": "1"}'),
      'requests_per_second: invalid type: ',
    ],
    ['no burst', configureFirst('{"burst": 0}'), burst],
    ['a burst that is too high', configureFirst('{"burst": 1000001}'), burst],
    ['invalid JSON', configureFirst('all'), ''],
  ]);
  describeShutdown(project, async ({ port }) => {
    await send(port, 20, 4);
  });
}

function describeGenerated(deployment: () => Deployment): void {
  it('prints commands to try, which show the limit', async () => {
    const commands = [
      ...deployment()
        .output()
        .matchAll(/^Try it: (.*)$/gm),
    ].map(([, command = '']) => command);
    const answers = commands.map((command) => runToEnd(['sh', '-c', command], { cwd: '/' }));
    const found = (await Promise.all(answers)).map(({ stdout }) => stdout);
    expect(found).toEqual(rateLimit.tries.map(({ answer }) => expect.stringContaining(answer)));
  });

  it('tells a client that it refuses when to come again', async () => {
    await send(deployment().port, 10);
    const response = await fetch(deployment().url);
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(response.headers.get('ratelimit-policy')).toBe('"address";q=4;w=4');
    expect(response.headers.get('ratelimit')).toBe('"address";r=0;t=4');
    expect(await response.text()).toBe('too many requests\n');
  });
}
