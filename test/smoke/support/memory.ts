import { readFile } from 'node:fs/promises';
import type { Deployment } from './project.ts';

/** The resident memory of a deployment's Envoy in MB. Linux only. */
export async function readMemory({ pid }: Deployment): Promise<number> {
  const [envoy, ...others] = (await listBelow(`${pid}`)).filter((status) => /^Name:\tenvoy/.test(status));
  const kilobytes = Number(envoy?.match(/^VmRSS:\s+(\d+) kB$/m)?.[1]);
  if (others.length > 0 || Number.isNaN(kilobytes)) throw new Error('make does not run one Envoy');
  return kilobytes / 1000;
}

/** The status of each process below this one. */
async function listBelow(pid: string): Promise<readonly string[]> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).match(/\d+/g) ?? [];
  const below = children.map(async (child) => [
    await readFile(`/proc/${child}/status`, 'utf8'),
    ...(await listBelow(child)),
  ]);
  return (await Promise.all(below)).flat();
}
