import type { Deployment } from '../../support/project.ts';
import { readMetric, readStat } from '../../support/stats.ts';

/** Envoy's counters. */
export async function readCounts(deployment: Deployment) {
  const [downstream, upstream, denied, toUpstream] = await Promise.all([
    readMetric(deployment, 'downstream_bytes_total'),
    readMetric(deployment, 'upstream_bytes_total'),
    readMetric(deployment, 'denied_connections_total'),
    readStat(deployment, 'cluster.upstream.upstream_cx_tx_bytes_total'),
  ]);
  return { downstream, upstream, denied, toUpstream };
}
