import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Runs the Go program of this folder. */
export function mesh(args: readonly string[], input: string | Buffer = '') {
  const { status, stdout, stderr } = spawnSync('mesh', args, { input, maxBuffer: 2 ** 28 });
  return { status, stdout, stderr: stderr.toString() };
}

/** The documents of a YAML file. */
export function parseYaml(text: string) {
  const { status, stdout, stderr } = mesh(['json'], text);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.toString());
}

/** The resource definitions of Istio and Envoy Gateway, from their Go modules. */
export function findDefinitions(): readonly string[] {
  const go = (...args: readonly string[]) =>
    execFileSync('go', args, { cwd: import.meta.dirname, encoding: 'utf8' });
  const istio = go('list', '-m', '-f', '{{.Dir}}', 'istio.io/istio').trim();
  const { Dir: envoyGateway } = JSON.parse(
    go('mod', 'download', '-json', 'github.com/envoyproxy/gateway@v1.9.1'),
  );
  const definitions = 'charts/gateway-helm/charts/crds/crds/generated';
  return [
    join(istio, 'manifests/charts/base/files/crd-all.gen.yaml'),
    join(envoyGateway, definitions, 'gateway.envoyproxy.io_envoyextensionpolicies.yaml'),
  ];
}

/** What any manifest says about the plugin, in Istio's terms. */
export function readPlugin(manifest: string) {
  const [{ kind, metadata, spec }] = parseYaml(manifest);
  if (kind !== 'EnvoyExtensionPolicy') return { name: metadata.name, ...spec, ...spec.wasm };
  const [{ code, rootID, config, failOpen }] = spec.wasm;
  const { url, sha256 } = code.image;
  return {
    name: metadata.name,
    pluginName: rootID,
    pluginConfig: config,
    url: `oci://${url}`,
    sha256,
    failOpen,
  };
}
