// Builds the control planes that test/cluster runs, once, into the cache.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { fail, read, root, run } from './command.mjs';

const istio = 'istio.io/istio@v0.0.0-20260827124520-eed52ebb66ad';
const envoyGateway = 'github.com/envoyproxy/gateway@v1.9.1';
const kubernetes = '1.36.1';

const folder = `${root}node_modules/.cache/control-planes`;

/** Go programs, by their modules. */
const programs = [
  { module: istio, path: 'pilot/cmd/pilot-discovery' },
  { module: istio, path: 'pilot/cmd/pilot-agent' },
  { module: envoyGateway, path: 'cmd/envoy-gateway' },
];

const crds = 'charts/gateway-helm/charts/crds/crds';

/** What tests read of the modules' files, and its name in the cache. */
const sources = [
  { module: istio, path: 'manifests/charts/base/files/crd-all.gen.yaml', name: 'istio-crds.yaml' },
  { module: istio, path: 'tools/packaging/common/envoy_bootstrap.json', name: 'istio-bootstrap.json' },
  { module: envoyGateway, path: `${crds}/gatewayapi-crds.yaml`, name: 'gateway-api-crds.yaml' },
  { module: envoyGateway, path: `${crds}/generated`, name: 'envoy-gateway-crds' },
];

/**
 * Returns the environment with the control planes, the API server and kubectl on the PATH. OUTSIDE is a process in the
 * network of the machine.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function ensureControlPlanes(env) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    fail('the suite `cluster` requires root on Linux: it runs in a network of its own');
  }
  const stamp = `${folder}/stamp`;
  const wanted = JSON.stringify([istio, envoyGateway, kubernetes]);
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    mkdirSync(`${folder}/bin`, { recursive: true });
    for (const { module, path } of programs) buildProgram(module, path, env);
    for (const { module, path, name } of sources) copySource(module, path, name, env);
    buildKubernetes(env);
    writeFileSync(stamp, wanted);
  }
  return {
    ...env,
    PATH: `${folder}/bin${delimiter}${env.PATH}`,
    CONTROL_PLANES: folder,
    OUTSIDE: `${process.pid}`,
  };
}

/**
 * @param {string} module
 * @param {string} path
 * @param {NodeJS.ProcessEnv} env
 */
function buildProgram(module, path, env) {
  const goEnv = { ...env, GOBIN: `${folder}/bin`, GOWORK: 'off', GOFLAGS: '-trimpath' };
  const program = module.replace('@', `/${path}@`);
  run(
    'go',
    ['install', '-ldflags=-s -w', program],
    `Building ${basename(path)}: minutes, the first time`,
    goEnv,
  );
}

/**
 * @param {string} module
 * @param {string} path
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 */
function copySource(module, path, name, env) {
  const { Dir } = JSON.parse(read('go', ['mod', 'download', '-json', module], env, '/'));
  const copy = `${folder}/sources/${name}`;
  rmSync(copy, { recursive: true, force: true });
  cpSync(join(Dir, path), copy, { recursive: true });
}

/**
 * Builds kube-apiserver and kubectl. Their module requires its own parts in version 0.0.0, and replaces these by its own
 * folders, so `go install` refuses; here their releases replace them.
 *
 * @param {NodeJS.ProcessEnv} env
 */
function buildKubernetes(env) {
  const module = `k8s.io/kubernetes@v${kubernetes}`;
  const { GoMod } = JSON.parse(read('go', ['mod', 'download', '-json', module], env, '/'));
  const [, minor] = kubernetes.split('.');
  const released = `v0${kubernetes.slice(kubernetes.indexOf('.'))}`;
  const replaced = [...readFileSync(GoMod, 'utf8').matchAll(/^\t(k8s\.io\/\S+) => \.\/staging/gm)].map(
    ([, name]) => `replace ${name} => ${name} ${released}`,
  );
  const text = [
    'module kubernetes',
    'go 1.26.0',
    'godebug default=go1.26',
    `require ${module.replace('@', ' ')}`,
  ];
  mkdirSync(`${folder}/kubernetes`, { recursive: true });
  writeFileSync(`${folder}/kubernetes/go.mod`, [...text, ...replaced, ''].join('\n'));
  const version = 'k8s.io/component-base/version';
  const flags = `-s -w -X ${version}.gitVersion=v${kubernetes} -X ${version}.gitMajor=1 -X ${version}.gitMinor=${minor}`;
  const goEnv = { ...env, GOWORK: 'off', GOFLAGS: '-mod=mod -buildvcs=false', CGO_ENABLED: '0' };
  for (const name of ['kubectl', 'kube-apiserver']) {
    const target = ['-o', `${folder}/bin/${name}`, `k8s.io/kubernetes/cmd/${name}`];
    const what = `Building ${name}: minutes, the first time`;
    run('go', ['build', '-C', `${folder}/kubernetes`, `-ldflags=${flags}`, ...target], what, goEnv);
  }
}
