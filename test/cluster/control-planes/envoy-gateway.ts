import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd } from '../../support/command.ts';
import { ApiServer } from '../support/api-server.ts';
import { mountRoot, unmountRoot } from '../support/machine.ts';
import { isFine, type Started, start, waitFor } from '../support/processes.ts';
import { findSource } from '../support/sources.ts';
import { describeGateway, describeUpstreams } from './envoy-gateway-resources.ts';
import type { Mesh, Place } from './mesh.ts';

/** Envoy Gateway itself listens on 8080. */
const url = 'http://127.0.0.1:8888';
const own = 'envoy-gateway-system';

/** Starts the real Envoy Gateway, and Envoy as the Deployment says that it makes for a Gateway. */
export async function startEnvoyGateway({ folder, upstreams }: Place): Promise<Mesh> {
  const api = await ApiServer.start(join(folder, 'api'));
  await api.define(findSource('gateway-api-crds.yaml'), findSource('envoy-gateway-crds'));
  await api.kubectl('create', 'namespace', own);
  const env = { KUBECONFIG: api.kubeconfig };
  const certgen = ['envoy-gateway', 'certgen', '--disable-topology-injector'] as const;
  await runToEnd(certgen, { cwd: folder, env: { ...process.env, ...env } });
  await api.apply(folder, describeUpstreams(upstreams) + describeGateway());
  const controller = await startController(folder, api);
  const proxy = await startProxy(folder, api);
  return {
    api,
    url,
    log: () => proxy.output(),
    stop: async () => {
      await proxy.stop();
      await controller.stop();
      await api.stop();
      for (const name of ['proxy', 'controller']) await unmountRoot(join(folder, name));
    },
  };
}

const settings = `
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: EnvoyGateway
gateway: { controllerName: gateway.envoyproxy.io/gatewayclass-controller }
provider: { type: Kubernetes }
admin: { address: { host: 127.0.0.1, port: 19500 } }
`;

async function startController(folder: string, api: ApiServer): Promise<Started> {
  const root = await mountRoot(join(folder, 'controller'));
  await writeSecret(api, 'envoy-gateway', join(root, 'certs'));
  const file = join(folder, 'settings.yaml');
  await writeFile(file, settings);
  const command = ['chroot', root, 'envoy-gateway', 'server', `--config-path=${file}`] as const;
  const controller = start(command, folder, { KUBECONFIG: api.kubeconfig, ENVOY_GATEWAY_NAMESPACE: own });
  await waitFor(
    controller,
    async () => (await api.kubectl('get', 'deployments', '-n', own, '-o', 'name')) !== '',
  );
  return controller;
}

async function startProxy(folder: string, api: ApiServer): Promise<Started> {
  const root = await mountRoot(join(folder, 'proxy'));
  await writeSecret(api, 'envoy', join(root, 'certs'));
  const [settings] = (await list(
    api,
    'configmaps',
    '-l',
    'gateway.envoyproxy.io/owning-gateway-name=my-gateway',
  )) as {
    data: Record<string, string>;
  }[];
  await mkdir(join(root, 'sds'));
  for (const [name, text] of Object.entries(settings?.data ?? {}))
    await writeFile(join(root, 'sds', name), text);
  // It writes its access log to /dev/stdout, which it cannot open if that is a socket, as Node's are.
  const piped = ['sh', '-c', '"$@" | cat', 'sh', 'chroot', root, process.env.ENVOY ?? 'envoy'] as const;
  const proxy = start([...piped, ...(await readArguments(api))], folder);
  await waitFor(proxy, () => isFine(`${url}/headers`));
  return proxy;
}

/** The arguments of Envoy in the Deployment, except for what only a pod has. */
async function readArguments(api: ApiServer): Promise<readonly string[]> {
  type Deployment = { spec: { template: { spec: { containers: { name: string; args: string[] }[] } } } };
  const [deployment] = (await list(api, 'deployments')) as Deployment[];
  const containers = deployment?.spec.template.spec.containers ?? [];
  const args = containers.find(({ name }) => name === 'envoy')?.args ?? [];
  return args.map((argument) =>
    argument
      .replaceAll('$(ENVOY_POD_NAME)', 'pod')
      .replaceAll('$(ENVOY_SERVICE_ZONE)', 'zone')
      // Envoy Gateway, which is on the same machine here, listens there itself.
      .replaceAll('19001', '19011')
      // With the dot at its end, no /etc/hosts answers for a name.
      .replaceAll('svc.cluster.local.', 'svc.cluster.local'),
  );
}

async function list(
  api: ApiServer,
  kind: string,
  ...options: readonly string[]
): Promise<readonly unknown[]> {
  return JSON.parse(await api.kubectl('get', kind, '-n', own, ...options, '-o', 'json')).items;
}

async function writeSecret(api: ApiServer, name: string, folder: string): Promise<void> {
  const { data } = JSON.parse(await api.kubectl('get', 'secret', name, '-n', own, '-o', 'json'));
  await mkdir(folder);
  for (const [file, text] of Object.entries(data as Record<string, string>)) {
    await writeFile(join(folder, file), Buffer.from(text, 'base64'));
  }
}
