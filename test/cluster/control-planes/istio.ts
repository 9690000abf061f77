import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiServer } from '../support/api-server.ts';
import { isFine, type Started, start, waitFor } from '../support/processes.ts';
import { findSource } from '../support/sources.ts';
import { describeGateway, describeProxy, describeUpstreams } from './istio-resources.ts';
import type { Mesh, Place } from './mesh.ts';

const url = 'http://127.0.0.1:8080';

/** Starts the real istiod, pilot-agent and Envoy, as the pods of a Gateway would run them. */
export async function startIstio({ folder, upstreams }: Place): Promise<Mesh> {
  const api = await ApiServer.start(join(folder, 'api'));
  await api.define(findSource('istio-crds.yaml'), findSource('gateway-api-crds.yaml'));
  await api.kubectl('create', 'namespace', 'istio-system');
  await api.apply(folder, [describeUpstreams(upstreams), describeGateway(), describeProxy()].join('---\n'));
  await api.kubectl('patch', 'pod', 'router', '--subresource=status', '--type=merge', '-p', running);
  const istiod = await startIstiod(folder, api);
  const agent = await startAgent(folder);
  return {
    api,
    url,
    log: () => agent.output(),
    stop: async () => {
      await agent.stop();
      await istiod.stop();
      await api.stop();
    },
  };
}

/** There is no kubelet that would say this. */
const running = JSON.stringify({
  status: {
    phase: 'Running',
    podIP: '127.0.0.1',
    podIPs: [{ ip: '127.0.0.1' }],
    conditions: [{ type: 'Ready', status: 'True' }],
  },
});

async function startIstiod(folder: string, { kubeconfig }: ApiServer): Promise<Started> {
  const mesh = join(folder, 'mesh.json');
  await writeFile(mesh, '{"defaultProviders": {}, "enablePrometheusMerge": false, "enableAutoMtls": false}');
  const command = [
    'pilot-discovery',
    'discovery',
    '--registries=Kubernetes',
    `--kubeconfig=${kubeconfig}`,
    `--meshConfig=${mesh}`,
    '--networksConfig=/nonexistent',
    '--grpcAddr=127.0.0.1:15010',
    '--secureGRPCAddr=',
    '--httpAddr=127.0.0.1:18080',
    '--httpsAddr=',
    '--monitoringAddr=127.0.0.1:15014',
    '--ctrlz_port=0',
  ] as const;
  const istiod = start(command, folder, {
    POD_NAME: 'istiod',
    POD_NAMESPACE: 'istio-system',
    ENABLE_CA_SERVER: 'false',
    PILOT_CERT_PROVIDER: 'none',
    // Official Envoy has neither of Istio's own filters.
    PILOT_ENABLE_ALPN_FILTER: 'false',
    PILOT_ENABLE_METADATA_EXCHANGE: 'false',
  });
  await waitFor(istiod, () => isFine('http://127.0.0.1:18080/ready'));
  return istiod;
}

async function startAgent(folder: string): Promise<Started> {
  const own = join(folder, 'agent');
  await mkdir(own);
  const command = [
    'pilot-agent',
    'proxy',
    'router',
    `--templateFile=${findSource('istio-bootstrap.json')}`,
    '--proxyLogLevel=warning',
    '--log_output_level=wasm:debug',
  ] as const;
  const agent = start(command, own, {
    POD_NAME: 'router',
    POD_NAMESPACE: 'default',
    INSTANCE_IP: '127.0.0.1',
    ISTIO_META_CLUSTER_ID: 'Kubernetes',
    ISTIO_META_INTERCEPTION_MODE: 'NONE',
    ISTIO_METAJSON_LABELS: JSON.stringify({
      istio: 'ingressgateway',
      'gateway.networking.k8s.io/gateway-name': 'my-gateway',
    }),
    PROXY_CONFIG: JSON.stringify({
      discoveryAddress: '127.0.0.1:15010',
      controlPlaneAuthPolicy: 'NONE',
      binaryPath: process.env.ENVOY,
      configPath: join(own, 'proxy'),
      concurrency: 2,
    }),
  });
  await waitFor(agent, () => isFine(`${url}/headers`));
  return agent;
}
