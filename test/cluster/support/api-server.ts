import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Outcome, runToEnd, tryToRun } from '../../support/command.ts';
import { writeCertificates } from './certificates.ts';
import { isFine, type Started, start, waitFor } from './processes.ts';

const store = 'http://127.0.0.1:22379';
const peers = 'http://127.0.0.1:22380';
const address = 'https://127.0.0.1:26443';

/** A real Kubernetes API with its store, on loopback. It has no nodes and no controllers. */
export class ApiServer {
  readonly kubeconfig: string;
  readonly #programs: readonly Started[];

  private constructor(kubeconfig: string, programs: readonly Started[]) {
    this.kubeconfig = kubeconfig;
    this.#programs = programs;
  }

  static async start(folder: string): Promise<ApiServer> {
    await mkdir(folder, { recursive: true });
    const token = randomBytes(16).toString('hex');
    await writeFile(join(folder, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`);
    await writeCertificates(folder);
    const etcd = start(etcdCommand(folder), folder);
    await waitFor(etcd, () => isFine(`${store}/health`));
    const apiServer = start(apiServerCommand(folder), folder);
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, describeContext(folder, token));
    const server = new ApiServer(kubeconfig, [apiServer, etcd]);
    await waitFor(apiServer, async () => (await server.try(['get', '--raw', '/readyz'])).status === 0);
    return server;
  }

  /** Runs kubectl, which may fail. */
  try(args: readonly string[]): Promise<Outcome> {
    return tryToRun(['kubectl', ...args], this.#surroundings());
  }

  /** Runs kubectl and returns what it prints. */
  async kubectl(...args: readonly string[]): Promise<string> {
    return (await runToEnd(['kubectl', ...args], this.#surroundings())).stdout.trim();
  }

  async apply(folder: string, resources: string): Promise<void> {
    const file = join(folder, 'resources.yaml');
    await writeFile(file, resources);
    await this.kubectl('apply', '-f', file);
  }

  /** Applies definitions of resources, which are too large for the client's apply, and waits for the server to know them. */
  async define(...paths: readonly string[]): Promise<void> {
    for (const path of paths) await this.kubectl('apply', '--server-side', '-f', path);
    await this.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s');
  }

  #surroundings() {
    return { cwd: '/', env: { ...process.env, KUBECONFIG: this.kubeconfig } };
  }

  /** The server first: without its store it hangs. */
  async stop(): Promise<void> {
    for (const program of this.#programs) await program.stop();
  }
}

function etcdCommand(folder: string): readonly [string, ...string[]] {
  return [
    'etcd',
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${store}`,
    `--advertise-client-urls=${store}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
  ];
}

/** 127.0.0.1 may be no endpoint of the service `kubernetes`: no reconciler. Without controllers no ServiceAccounts. */
function apiServerCommand(folder: string): readonly [string, ...string[]] {
  const inFolder = (name: string) => join(folder, name);
  return [
    'kube-apiserver',
    `--etcd-servers=${store}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--secure-port=26443',
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--authorization-mode=AlwaysAllow',
    '--disable-admission-plugins=ServiceAccount',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--token-auth-file=${inFolder('tokens.csv')}`,
    `--tls-cert-file=${inFolder('server.crt')}`,
    `--tls-private-key-file=${inFolder('server.key')}`,
    `--client-ca-file=${inFolder('ca.crt')}`,
    `--service-account-signing-key-file=${inFolder('accounts.key')}`,
    `--service-account-key-file=${inFolder('accounts.key')}`,
  ];
}

function describeContext(folder: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'test', cluster: { server: address, 'certificate-authority': join(folder, 'ca.crt') } },
    ],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  });
}
