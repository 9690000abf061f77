import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { withServer } from '../../../support/server.ts';
import { useRealUpstream } from '../../support/bootstrap.ts';
import { Client } from '../../support/client.ts';
import { fuzz } from '../../support/fuzz.ts';
import type { Deployment, Project } from '../../support/project.ts';
import { eventually, readMetric, readStat } from '../../support/stats.ts';
import { type Connection, denied, isDenied, isHeld, randomConnections } from './random-connections.ts';

/** Tests that random connections do not break the TCP filter. */
export function describeStreamFuzz(project: () => Project): void {
  it('handles 10,000 random connections correctly, without a crash or a leak', async () => {
    // Not Envoy's echo, which drops data in transit when a client stops sending.
    const begun = new Set<string>();
    const echo = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      recordStart(socket, begun);
      socket.on('error', () => {}).pipe(socket);
    });
    await withServer(echo, (upstream) =>
      project().withBootstrap(useRealUpstream(upstream), () =>
        project().deploy(async (deployment) => {
          const tried: Connection[] = [];
          const probe = (connection: Connection) => {
            tried.push(connection);
            return converse(deployment.port, connection);
          };
          await fuzz({ deployment, inputs: randomConnections, width: 32, probe });
          const open = `listener.127.0.0.1_${deployment.port}.downstream_cx_active`;
          await eventually(() => readStat(deployment, open)).toBe(0);
          await expectCounted(deployment, tried);
          expect(begun).not.toContain(denied.toString());
        }),
      ),
    );
  });
}

/** Records the first bytes that the upstream gets on each connection, up to the length of the denied prefix. */
function recordStart(socket: Socket, begun: Set<string>): void {
  let first = '';
  const listen = (bytes: Buffer) => {
    first += bytes.toString('latin1', 0, denied.length);
    if (first.length < denied.length) return;
    begun.add(first.slice(0, denied.length));
    socket.off('data', listen);
  };
  socket.on('data', listen);
}

/** Sends the bytes of a connection. Fails unless the right bytes come back. */
async function converse(port: number, { pieces, end }: Connection): Promise<void> {
  const client = await Client.connect(port);
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) await sleep(1);
    client.send(piece);
  }
  const bytes = Buffer.concat(pieces);
  if (end === 'stop sending') client.sendLast('');
  if (end === 'reset') {
    client.reset();
  } else if (isDenied(bytes)) {
    expectSame(await client.receiveAll().catch(nothingIfReset), Buffer.alloc(0));
  } else if (end === 'stop sending') {
    expectSame(await client.receiveAll(), answerTo(bytes, client));
  } else if (!isHeld(bytes)) {
    const answer = answerTo(bytes, client);
    expectSame(await client.receive(answer.length), answer);
  }
  client.close();
}

function answerTo(bytes: Buffer, { address }: Client): Buffer {
  return bytes.length === 0 ? bytes : Buffer.concat([Buffer.from(`Hello world from ${address}\n`), bytes]);
}

/** Bytes that arrive after the connection was closed cause a reset. */
function nothingIfReset(error: NodeJS.ErrnoException): Buffer {
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return Buffer.alloc(0);
  throw error;
}

/** Like expect(…).toEqual, but fast for many bytes. */
function expectSame(actual: Buffer, expected: Buffer): void {
  if (!actual.equals(expected)) expect(actual.toString('latin1')).toBe(expected.toString('latin1'));
}

/** Fails if the metrics are wrong. How much of an aborted connection arrived is unknown. */
async function expectCounted(deployment: Deployment, connections: readonly Connection[]): Promise<void> {
  let [deniedAtLeast, deniedAtMost, bytesAtLeast, bytesAtMost] = [0, 0, 0, 0];
  for (const { pieces, end } of connections) {
    const bytes = Buffer.concat(pieces);
    const isCertain = end === 'stop sending' || (end === 'close' && !isHeld(bytes));
    const passed = isDenied(bytes) ? 0 : bytes.length;
    deniedAtMost += Number(isDenied(bytes));
    deniedAtLeast += Number(isDenied(bytes) && isCertain);
    bytesAtMost += passed;
    bytesAtLeast += isCertain ? passed : 0;
  }
  const read = (name: string) => readMetric(deployment, name);
  expectBetween(deniedAtLeast, await read('denied_connections_total'), deniedAtMost);
  expectBetween(bytesAtLeast, await read('downstream_bytes_total'), bytesAtMost);
  expectBetween(bytesAtLeast, await read('upstream_bytes_total'), bytesAtMost);
}

function expectBetween(least: number, actual: number, most: number): void {
  expect(actual).toBeGreaterThanOrEqual(least);
  expect(actual).toBeLessThanOrEqual(most);
}
