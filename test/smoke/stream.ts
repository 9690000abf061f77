import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { configureFirst, useRealUpstream } from './bootstrap.ts';
import { Client, expectGreeted, expectReceived } from './client.ts';
import { tryToRun } from './command.ts';
import { type Deployment, deployOnce, type Project, replace } from './project.ts';
import { describeRefusals } from './refusals.ts';
import { describeShutdown } from './shutdown.ts';
import { eventually, readStat } from './stats.ts';
import { describeBytes } from './stream-bytes.ts';
import { describeStreamFuzz } from './stream-fuzz.ts';
import { withServer } from './upstream.ts';

/** Takes a way to a project whose sample is the TCP filter; defines the tests of what it does. */
export function describeTcpFilter(project: () => Project): void {
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
    ['no string as greeting', configureFirst('{"greeting": 3}'), 'greeting: invalid type: '],
    ['no string as prefix', configureFirst('{"deny_prefix": ["E"]}'), 'deny_prefix: invalid type: '],
    [
      'a control character in the greeting',
      configureFirst('{"greeting": "a\\u0085b"}'),
      'greeting: control characters are not allowed',
    ],
    ['no JSON', configureFirst('greeting'), 'expected a JSON object'],
    ['an array', configureFirst('["Hi", "E"]'), 'expected a JSON object'],
    ['no end', configureFirst('{"greeting": "Hi"'), ''],
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
  it('greets each client by its own address, once, before the first bytes of the upstream', async () => {
    for (const later of ['two', 'three']) {
      const client = await Client.connect(deployment().port);
      client.send('one');
      await expectGreeted(client, 'one');
      client.send(later);
      await expectReceived(client, later);
      client.close();
    }
  });

  it('prints what to try, which works', async () => {
    const command = `echo hi | curl -sm1 telnet://localhost:${deployment().port}`;
    expect(deployment().output()).toContain(`Try it: ${command}\n`);
    // curl hangs up after a second: on a busy machine that may be too soon.
    await eventually(async () => (await tryToRun(['sh', '-c', command], { cwd: '/' })).stdout).toMatch(
      /^Hello world from 127\.0\.0\.1:\d+\nhi\n$/,
    );
  });
}

function describeDenial(deployment: () => Deployment): void {
  it.each([
    ['in one piece', (client: Client) => client.send('EVIL and more')],
    ['byte by byte', (client: Client) => client.sendSplit('EVIL')],
    ['and stops sending', (client: Client) => client.sendLast('EVIL')],
  ])(
    'closes a connection that sends the denied prefix %s, counts it and passes nothing on',
    async (_, send) => {
      const before = await readCounts(deployment());
      const client = await Client.connect(deployment().port);
      await send(client);
      expect(await client.receiveAll()).toEqual(Buffer.alloc(0));
      client.close();
      expect(await readCounts(deployment())).toEqual({ ...before, denied: before.denied + 1 });
    },
  );

  it.each(['EVIdent', 'EEVIL', 'evil', ' EVIL', 'EVI\0'])(
    'passes %j, which only looks like the denied prefix',
    async (bytes) => {
      const before = await readCounts(deployment());
      const client = await Client.connect(deployment().port);
      await client.sendSplit(bytes);
      await expectGreeted(client, bytes);
      // Only the beginning of a connection counts.
      client.send('EVIL');
      await expectReceived(client, 'EVIL');
      client.close();
      const count = bytes.length + 4;
      expect(await readCounts(deployment())).toEqual({
        downstream: before.downstream + count,
        upstream: before.upstream + count,
        denied: before.denied,
        toUpstream: before.toUpstream + count,
      });
    },
  );

  it('passes the bytes of a client that stops sending inside the denied prefix, and counts them', async () => {
    const before = await readCounts(deployment());
    const client = await Client.connect(deployment().port);
    await client.sendSplit('EV');
    expect(await readCounts(deployment())).toEqual(before);
    client.sendLast('I');
    // The echo drops what is under way when a client stops sending: whether it comes back is not the filter's doing.
    await eventually(async () => {
      const { downstream, toUpstream } = await readCounts(deployment());
      return [downstream - before.downstream, toUpstream - before.toUpstream];
    }).toEqual([3, 3]);
    client.close();
  });
}

function describeChanges(project: () => Project): void {
  it('takes greeting and denied prefix from the plugin configuration, whatever their characters', async () => {
    const change = configureFirst('{"greeting": "Grüß Gott", "deny_prefix": "é\\u0000"}');
    await project().withBootstrap(change, () =>
      project().deploy(async ({ port }) => {
        const denied = await Client.connect(port);
        await denied.sendSplit('é\0');
        expect(await denied.receiveAll()).toEqual(Buffer.alloc(0));
        const passed = await Client.connect(port);
        await passed.sendSplit('éVIL');
        await expectGreeted(passed, 'éVIL', 'Grüß Gott');
      }),
    );
  });

  it('denies nothing unless it is configured to', async () => {
    await project().withBootstrap(configureFirst(''), () =>
      project().deploy(async ({ port }) => {
        const client = await Client.connect(port);
        client.send('EVIL');
        await expectGreeted(client, 'EVIL');
      }),
    );
  });

  it('disconnects a client that falls silent inside the denied prefix', async () => {
    await project().withBootstrap(replace('idle_timeout: 60s', 'idle_timeout: 1s'), () =>
      project().deploy(async (deployment) => {
        const client = await Client.connect(deployment.port);
        client.send('EV');
        expect(await client.receiveAll()).toEqual(Buffer.alloc(0));
        expect(await readCounts(deployment)).toEqual({
          downstream: 0,
          upstream: 0,
          denied: 0,
          toUpstream: 0,
        });
      }),
    );
  });

  it('greets for an upstream that speaks first, also while the first bytes of the client are held back', async () => {
    const speaksFirst = createServer({ allowHalfOpen: true }, (socket) => {
      socket.write('220 ready\n');
      socket.pipe(socket);
    });
    await withServer(speaksFirst, (upstream) =>
      project().withBootstrap(useRealUpstream(upstream), () =>
        project().deploy(async ({ port }) => {
          for (const held of ['', 'EV']) {
            const client = await Client.connect(port);
            client.send(held);
            await expectGreeted(client, '220 ready\n');
            client.sendLast('I');
            expect(await client.receiveAll()).toEqual(Buffer.from(`${held}I`));
          }
        }),
      ),
    );
  });
}

/** What Envoy has counted so far. */
async function readCounts(deployment: Deployment) {
  const [downstream, upstream, denied, toUpstream] = await Promise.all([
    readStat(deployment, 'wasmcustom.downstream_bytes_total'),
    readStat(deployment, 'wasmcustom.upstream_bytes_total'),
    readStat(deployment, 'wasmcustom.denied_connections_total'),
    readStat(deployment, 'cluster.upstream.upstream_cx_tx_bytes_total'),
  ]);
  return { downstream, upstream, denied, toUpstream };
}
