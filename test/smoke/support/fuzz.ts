import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect } from 'vitest';
import { readMemory } from './memory.ts';
import type { Deployment } from './project.ts';
import { expectNoReload } from './stats.ts';

/** The same random inputs in every run, so that failures can be reproduced. */
const seed = 20261122;
const count = 10_000;

/** So many inputs fill buffers and compile hot code. Growth after them is a leak. */
const settlingCount = 4_000;

/** How much memory the further inputs may cost, in MB. Keeping a kilobyte of each would cost 6. Measured: 0 to 3. */
const growth = 5;

/** How a deployment is fuzzed. */
type Fuzz<Input> = Readonly<{
  deployment: Deployment;
  inputs: fc.Arbitrary<Input>;
  /** How many inputs run at the same time. */
  width: number;
  /** Throws if the answer to the input is wrong. */
  probe: (input: Input) => Promise<void>;
}>;

/** Tries 10,000 random inputs. Fails if an answer is wrong, a VM crashes, or memory keeps growing. */
export async function fuzz<Input>({ deployment, inputs, width, probe }: Fuzz<Input>): Promise<void> {
  const samples = fc.sample(inputs, { seed, numRuns: count });
  await probeAll(samples, 0, settlingCount, width, probe);
  const settled = await readMemory(deployment);
  await probeAll(samples, settlingCount, count, width, probe);
  await expectNoReload(deployment);
  expect((await readMemory(deployment)) - settled, `growth in MB, seed ${seed}`).toBeLessThan(growth);
}

async function probeAll<Input>(
  samples: readonly Input[],
  begin: number,
  end: number,
  width: number,
  probe: (input: Input) => Promise<void>,
): Promise<void> {
  let next = begin;
  const worker = async () => {
    while (next < end) {
      const index = next++;
      const input = samples[index] as Input;
      await probe(input).catch((cause) => {
        next = end;
        throw new Error(`seed ${seed}, input ${index}, ${inspect(input)}: ${cause.message}`, { cause });
      });
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
}
