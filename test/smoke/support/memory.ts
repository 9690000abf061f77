import { readFile } from 'node:fs/promises';
import type { Deployment } from './project.ts';

/** The resident memory of a deployment's Envoy in MB. Linux only. */
export async function readMemory({ pid }: Deployment): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const status = await readFile(`/proc/${children.trim()}/status`, 'utf8');
  const kilobytes = Number(status.match(/^VmRSS:\s+(\d+) kB$/m)?.[1]);
  if (!status.includes('envoy') || Number.isNaN(kilobytes)) throw new Error(`make runs no Envoy:\n${status}`);
  return kilobytes / 1000;
}
