import { expect, it } from 'vitest';
import { Client, expectGreeted, expectReceived } from '../../support/client.ts';
import type { Deployment } from '../../support/project.ts';
import { eventually } from '../../support/stats.ts';
import { readCounts } from './counts.ts';

/** Tests which connections a running TCP filter denies, and that all others pass. */
export function describeDenial(deployment: () => Deployment): void {
  it.each([
    ['in one piece', (client: Client) => client.send('EVIL and more')],
    ['byte by byte', (client: Client) => client.sendSplit('EVIL')],
    ['and stops sending', (client: Client) => client.sendLast('EVIL')],
  ])(
    'closes a connection that sends the denied prefix %s, counts it, and passes nothing on',
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
    'passes %j, which only resembles the denied prefix, whole and byte by byte',
    async (bytes) => {
      const before = await readCounts(deployment());
      const [whole, split] = [
        await Client.connect(deployment().port),
        await Client.connect(deployment().port),
      ];
      whole.send(bytes);
      await split.sendSplit(bytes);
      for (const client of [whole, split]) {
        await expectGreeted(client, bytes);
        // Only the beginning of a connection matters.
        client.send('EVIL');
        await expectReceived(client, 'EVIL');
        client.close();
      }
      const count = 2 * (bytes.length + 4);
      expect(await readCounts(deployment())).toEqual({
        downstream: before.downstream + count,
        upstream: before.upstream + count,
        denied: before.denied,
        toUpstream: before.toUpstream + count,
      });
    },
  );

  it('passes and counts the bytes of a client that stops sending within the denied prefix', async () => {
    const before = await readCounts(deployment());
    const client = await Client.connect(deployment().port);
    await client.sendSplit('EV');
    expect(await readCounts(deployment())).toEqual(before);
    client.sendLast('I');
    // The echo drops data in transit when a client stops sending, so an answer proves nothing about the filter.
    await eventually(async () => {
      const { downstream, toUpstream } = await readCounts(deployment());
      return [downstream - before.downstream, toUpstream - before.toUpstream];
    }).toEqual([3, 3]);
    client.close();
  });
}
