import { expect, it } from 'vitest';
import { Client } from './client.ts';
import { readMemory } from './memory.ts';
import type { Deployment } from './project.ts';
import { readMetric } from './stats.ts';

/** What a connection carries in the test of many bytes. */
const size = 10_000_000;

/** Takes a way to a running TCP filter; defines that bytes pass it unchanged, whatever they are and how many. */
export function describeBytes(deployment: () => Deployment): void {
  it('passes every byte, also as the first one', async () => {
    const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    await Promise.all([...every].map((first) => exchange(deployment(), Buffer.of(first, ...every))));
  });

  it('passes and counts 10 MB each way, and keeps none of them in memory', async () => {
    const bytes = Buffer.alloc(size, Buffer.from(Array.from({ length: 251 }, (_, byte) => byte)));
    const before = await readPassed(deployment());
    // The first ones fill buffers that are used again.
    for (let turn = 0; turn < 3; turn += 1) await exchange(deployment(), bytes);
    const settled = await readMemory(deployment());
    for (let turn = 0; turn < 5; turn += 1) await exchange(deployment(), bytes);
    // If the bytes of one way were kept it would be 50. Measured were 2.
    expect((await readMemory(deployment())) - settled).toBeLessThan(25);
    expect(await readPassed(deployment())).toEqual(before.map((count) => count + 8 * size));
  });
}

/** Sends `bytes` on a connection of their own, and fails unless the greeting and they come back. */
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
