import { expect, it } from 'vitest';
import { Client, expectGreeted } from '../../support/client.ts';
import { crashOften } from '../../support/crash.ts';
import type { Deployment, Project } from '../../support/project.ts';

/** How many connections follow each one that crashes. */
const count = 40;

/** Defines the tests of the filter changed so that it crashes on a connection that begins with `!`. */
export function describeCrashingConnections(_project: () => Project, deployment: () => Deployment): void {
  it('closes a connection that crashes it, and serves all later ones', async () => {
    const { port } = deployment();
    await crashOften(deployment(), async () => {
      const culprit = await Client.connect(port);
      culprit.send('!');
      expect(await culprit.receiveAll().catch(() => Buffer.alloc(0))).toEqual(Buffer.alloc(0));
      const clients = await Promise.all(Array.from({ length: count }, () => Client.connect(port)));
      for (const client of clients) client.send('hi');
      for (const client of clients) {
        await expectGreeted(client, 'hi');
        client.close();
      }
    });
  });
}
