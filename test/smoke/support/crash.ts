import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Deployment } from './project.ts';
import { readStats } from './stats.ts';

const crashes = 10;

/** Makes the filter crash several times, each time after the back-off. */
export async function crashOften(deployment: Deployment, crash: () => Promise<void>): Promise<void> {
  for (let round = 0; round < crashes; round++) {
    await sleep(50);
    await crash();
  }
  expect(deployment.output().match(/^[\d:]+ error Function: \w+ failed/gm)).toHaveLength(crashes);
  expect([...(await readStats(deployment, 'vm_reload_backoff$'))]).toEqual([[expect.any(String), 0]]);
}
