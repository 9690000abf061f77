import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { useRealUpstream } from './bootstrap.ts';
import { Client } from './client.ts';
import { fuzz } from './fuzz.ts';
import type { Deployment, Project } from './project.ts';
import { eventually, readStat, readStats } from './stats.ts';
import { withServer } from './upstream.ts';

const denied = Buffer.from('EVIL');

/** The pieces in which a client sends its bytes, and how it leaves then. */
type Connection = Readonly<{ pieces: readonly Buffer[]; end: 'close' | 'stop sending' | 'reset' }>;

const start = fc.oneof(
  fc.constant(denied),
  fc.nat(3).map((length) => denied.subarray(0, length)),
  fc.constant(Buffer.alloc(0)),
);
const rest = fc.oneof(
  { weight: 24, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  { weight: 15, arbitrary: fc.constant(new Uint8Array()) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.alloc(200_000, bytes)) },
);
const connections: fc.Arbitrary<Connection> = fc.record({
  pieces: fc
    .tuple(start, rest, fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }))
    .map(([begin, end, lengths]) => split(Buffer.concat([begin, end]), lengths)),
  end: fc.constantFrom('close', 'close', 'stop sending', 'reset'),
});

/** Gives the bytes in pieces of these lengths, the last of which is what is left. */
function split(bytes: Buffer, lengths: readonly number[]): readonly Buffer[] {
  const [length, ...others] = lengths;
  if (length === undefined || length >= bytes.length) return [bytes];
  return [bytes.subarray(0, length), ...split(bytes.subarray(length), others)];
}

/** Takes a way to a project whose sample is the TCP filter; defines that random connections do not break it. */
export function describeStreamFuzz(project: () => Project): void {
  it('answers 10,000 random connections as it should, without a crash or a leak', async () => {
    // Not Envoy's own echo, which drops what is under way when a client stops sending.
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
          await fuzz({ deployment, inputs: connections, width: 32, probe });
          await eventually(() => countOpen(deployment)).toBe(0);
          await expectCounted(deployment, tried);
          expect(begun).not.toContain(denied.toString());
        }),
      ),
    );
  });
}

/** Keeps the first bytes that the upstream gets on a connection, as many as the denied prefix has. */
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

/** Sends what the connection says, and fails unless the right bytes come back. */
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

function isDenied(bytes: Buffer): boolean {
  return bytes.subarray(0, denied.length).equals(denied);
}

/** May they yet become the denied prefix? */
function isHeld(bytes: Buffer): boolean {
  return bytes.length < denied.length && bytes.equals(denied.subarray(0, bytes.length));
}

function answerTo(bytes: Buffer, { address }: Client): Buffer {
  return bytes.length === 0 ? bytes : Buffer.concat([Buffer.from(`Hello world from ${address}\n`), bytes]);
}

/** Bytes that arrive where the connection has been closed are answered with a reset. */
function nothingIfReset(error: NodeJS.ErrnoException): Buffer {
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return Buffer.alloc(0);
  throw error;
}

/** As expect(…).toEqual does, but fast for many bytes. */
function expectSame(actual: Buffer, expected: Buffer): void {
  if (!actual.equals(expected)) expect(actual.toString('latin1')).toBe(expected.toString('latin1'));
}

/** Gives how many clients Envoy thinks it has. */
async function countOpen(deployment: Deployment): Promise<number> {
  const open = await readStats(deployment, String.raw`^listener\.127.*:?_\d+\.downstream_cx_active$`);
  return [...open.values()].reduce((sum, number) => sum + number, 0);
}

/** Fails if the metrics are wrong. Of a connection that breaks off nobody knows how much has come. */
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
  const read = (name: string) => readStat(deployment, `wasmcustom.${name}`);
  expectBetween(deniedAtLeast, await read('denied_connections_total'), deniedAtMost);
  expectBetween(bytesAtLeast, await read('downstream_bytes_total'), bytesAtMost);
  expectBetween(bytesAtLeast, await read('upstream_bytes_total'), bytesAtMost);
}

function expectBetween(least: number, actual: number, most: number): void {
  expect(actual).toBeGreaterThanOrEqual(least);
  expect(actual).toBeLessThanOrEqual(most);
}
