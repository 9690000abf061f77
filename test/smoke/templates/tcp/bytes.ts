import { expect, it } from 'vitest';
import { Client } from '../../support/client.ts';
import { readMemory } from '../../support/memory.ts';
import type { Deployment } from '../../support/project.ts';
import { readMetric } from '../../support/stats.ts';

/** How many bytes a connection carries each way. */
const size = 10_000_000;

/** Tests that a running TCP filter passes all bytes unchanged. */
export function describeBytes(deployment: () => Deployment): void {
  it('passes every byte, even as the first one', async () => {
    const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    await Promise.all([...every].map((first) => exchange(deployment(), Buffer.of(first, ...every))));
  });

  it('passes and counts 10 MB each way, and keeps none of them in memory', async () => {
    const bytes = Buffer.alloc(size, Buffer.from(Array.from({ length: 251 }, (_, byte) => byte)));
    const before = await readPassed(deployment());
    // The first connections fill buffers that are reused.
    for (let turn = 0; turn < 3; turn += 1) await exchange(deployment(), bytes);
    const settled = await readMemory(deployment());
    for (let turn = 0; turn < 5; turn += 1) await exchange(deployment(), bytes);
    // Keeping the bytes of one direction would cost 50. Measured: 2.
    expect((await readMemory(deployment())) - settled).toBeLessThan(25);
    expect(await readPassed(deployment())).toEqual(before.map((count) => count + 8 * size));
  });
}

/** Sends `bytes` on a new connection. Fails unless the greeting and the same bytes come back. */
async function exchange({ port }: Deployment, bytes: Buffer): Promise<void> {
  const client = await Client.connect(port);
  client.send(bytes);
  const greeting = Buffer.from(`Hello world from ${client.address}\n`);
  const received = await client.receive(greeting.length + bytes.length);
  expect(received.equals(Buffer.concat([greeting, bytes]))).toBe(true);
  client.close();
}

function readPassed(deployment: Deployment): Promise<number[]> {
  const names = ['downstream', 'upstream'].map((side) => `${side}_bytes_total`);
  return Promise.all(names.map((name) => readMetric(deployment, name)));
}
