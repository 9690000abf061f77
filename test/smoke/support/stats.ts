import { expect } from 'vitest';
import type { Deployment } from './project.ts';

/** Envoy's numeric statistics whose names match the regular expression `filter`. */
export async function readStats(
  { admin }: Pick<Deployment, 'admin'>,
  filter: string,
): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${admin}/stats?filter=${encodeURIComponent(filter)}`)).text();
  return new Map([...text.matchAll(/^(\S+): (\d+)$/gm)].map(([, name = '', value]) => [name, Number(value)]));
}

/** One statistic. Throws if it does not exist. */
export async function readStat(deployment: Pick<Deployment, 'admin'>, name: string): Promise<number> {
  const value = (await readStats(deployment, `^${name.replaceAll('.', '\\.')}$`)).get(name);
  if (value === undefined) throw new Error(`Envoy has no statistic ${name}`);
  return value;
}

/** A metric of the module: of the plugin with this name, or of the only one. */
export async function readMetric(
  deployment: Pick<Deployment, 'admin'>,
  name: string,
  plugin = '[^.]+',
): Promise<number> {
  const [value, ...others] = (
    await readStats(deployment, `^wasmcustom\\.wasm_filter\\.${plugin}\\.${name}$`)
  ).values();
  if (value === undefined || others.length > 0) throw new Error(`Envoy has not one metric ${name}`);
  return value;
}

/** The port of a listener. */
export async function readPort({ admin }: Pick<Deployment, 'admin'>, listener: string): Promise<number> {
  const listeners = await (await fetch(`${admin}/listeners`)).text();
  return Number(listeners.match(new RegExp(`^${listener}::.*:(\\d+)$`, 'm'))?.[1]);
}

/** Fails if a VM has crashed since Envoy started. */
export async function expectNoReload(deployment: Deployment): Promise<void> {
  expect(await readFailures(deployment)).toEqual({ reloads: [], errors: [] });
}

export type Failures = Readonly<{
  reloads: readonly (readonly [stat: string, count: number])[];
  errors: readonly string[];
}>;

/** The crashes of VMs and the errors since Envoy started. `vm_reload` itself stays 0 in Envoy 1.40. */
export async function readFailures(deployment: Deployment): Promise<Failures> {
  const reloads = [...(await readStats(deployment, 'vm_reload'))];
  expect(reloads).not.toEqual([]);
  return {
    reloads: reloads.filter(([, count]) => count > 0),
    errors: deployment.output().match(new RegExp(errorLine, 'gm')) ?? [],
  };
}

/** What Envoy or the module logs at level error or critical. */
export const errorLine = /^[\d:]+ (error|critical) .*$/m;

/** Waits until a condition holds. After half a minute, it fails and says which. */
export function eventually<Value>(read: () => Value | Promise<Value>, what = '') {
  return expect.poll(read, { interval: 20, timeout: 30_000, message: what });
}
