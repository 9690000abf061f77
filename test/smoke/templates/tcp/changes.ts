import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { withServer } from '../../../support/server.ts';
import { configureFirst, useRealUpstream } from '../../support/bootstrap.ts';
import { Client, expectGreeted } from '../../support/client.ts';
import { type Project, replace } from '../../support/project.ts';
import { readCounts } from './counts.ts';

/** Tests the TCP filter in Envoys that differ from the generated one. */
export function describeChanges(project: () => Project): void {
  it('takes the greeting and the denied prefix from the plugin configuration, with any characters', async () => {
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

  it('denies nothing without a configuration', async () => {
    await project().withBootstrap(configureFirst(''), () =>
      project().deploy(async ({ port }) => {
        const client = await Client.connect(port);
        client.send('EVIL');
        await expectGreeted(client, 'EVIL');
      }),
    );
  });

  it('disconnects a client that stalls within the denied prefix', async () => {
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

  it('greets if the upstream speaks first, even while it holds back the first bytes of the client', async () => {
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
