import type { Deployment } from './project.ts';
import { readStat } from './stats.ts';

/** What Envoy has counted so far. */
export async function readCounts(deployment: Deployment) {
  const [downstream, upstream, denied, toUpstream] = await Promise.all([
    readStat(deployment, 'wasmcustom.downstream_bytes_total'),
    readStat(deployment, 'wasmcustom.upstream_bytes_total'),
    readStat(deployment, 'wasmcustom.denied_connections_total'),
    readStat(deployment, 'cluster.upstream.upstream_cx_tx_bytes_total'),
  ]);
  return { downstream, upstream, denied, toUpstream };
}
