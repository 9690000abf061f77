import { describe, expect, it } from 'vitest';
import { tcp } from '../../../../src/templates/tcp.ts';
import { tryToRun } from '../../../support/command.ts';
import { describeProjects } from '../../projects.ts';
import { describeRefusals } from '../../refusals.ts';
import { describeShutdown } from '../../shutdown.ts';
import { configureFirst } from '../../support/bootstrap.ts';
import { Client, expectGreeted, expectReceived } from '../../support/client.ts';
import { type Deployment, deployOnce, type Project } from '../../support/project.ts';
import { eventually } from '../../support/stats.ts';
import { describeBytes } from './bytes.ts';
import { describeChanges } from './changes.ts';
import { describeDenial } from './denial.ts';
import { describeStreamFuzz } from './fuzz.ts';

await describeProjects(tcp, describeTemplate);

function describeTemplate(project: () => Project): void {
  describe('as generated', () => {
    const deployment = deployOnce(project);
    describeGreeting(deployment);
    describeDenial(deployment);
    describeBytes(deployment);
  });
  describeChanges(project);
  describeRefusals(project, [
    [
      'an unknown field',
      configureFirst('{"deny_prefx": "E"}'),
      'deny_prefx: unknown field `deny_prefx`, expected',
    ],
    ['a greeting that is not a string', configureFirst('{"greeting": 3}'), 'greeting: invalid type: '],
    [
      'a prefix that is not a string',
      configureFirst('{"deny_prefix": ["E"]}'),
      'deny_prefix: invalid type: ',
    ],
    [
      'a control character in the greeting',
      configureFirst('{"greeting": "a\\u0085b"}'),
      'greeting: control characters are not allowed',
    ],
    ['invalid JSON', configureFirst('greeting'), ''],
    ['an array', configureFirst('["Hi", "E"]'), 'expected a JSON object'],
    ['incomplete JSON', configureFirst('{"greeting": "Hi"'), ''],
  ]);
  describeShutdown(project, async ({ port }) => {
    for (const bytes of ['hi', 'EVIL', 'EV', '']) {
      const client = await Client.connect(port);
      client.send(bytes);
      if (bytes === 'hi') await expectGreeted(client, bytes);
    }
  });
  describeStreamFuzz(project);
}

function describeGreeting(deployment: () => Deployment): void {
  it('greets each client with its address once, before the first bytes of the upstream', async () => {
    for (const later of ['two', 'three']) {
      const client = await Client.connect(deployment().port);
      client.send('one');
      await expectGreeted(client, 'one');
      client.send(later);
      await expectReceived(client, later);
      client.close();
    }
  });

  it('does not greet a client if the upstream sends nothing', async () => {
    const client = await Client.connect(deployment().port);
    client.sendLast('');
    expect((await client.receiveAll()).toString()).toBe('');
    client.close();
  });

  it('prints a command to try, which works', async () => {
    const command = `echo hi | curl -sm1 telnet://localhost:${deployment().port}`;
    expect(deployment().output()).toContain(`Try it: ${command}\n`);
    // curl gives up after a second, which may be too early on a busy machine.
    await eventually(async () => (await tryToRun(['sh', '-c', command], { cwd: '/' })).stdout).toMatch(
      /^Hello world from 127\.0\.0\.1:\d+\nhi\n$/,
    );
  });
}
