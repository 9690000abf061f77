import { beforeAll, describe, expect, it } from 'vitest';
import { generate, readText } from '../support/generate.ts';
import { listPairs } from '../support/pairs.ts';
import type { Expectation } from './contexts/context.ts';
import { findDefinitions, mesh, parseYaml, readPlugin } from './mesh.ts';

let definitions: readonly string[];
beforeAll(() => {
  definitions = findDefinitions();
});

function validate(manifest: string) {
  const { status, stderr } = mesh(['validate', ...definitions], manifest);
  return { status, stderr };
}

const fine = { status: 0, stderr: '' };

/** The plugin configurations in envoy-bootstrap.yml. */
function readBootstrap(bootstrap: string) {
  const found: { configuration: unknown; root_id: string }[] = [];
  JSON.stringify(parseYaml(bootstrap), (_key, value) => {
    if (value?.root_id !== undefined) {
      found.push({ root_id: value.root_id, configuration: JSON.parse(value.configuration.value) });
    }
    return value;
  });
  return found;
}

const rows = await Promise.all(
  listPairs().map(async ([language, template, pair]) => {
    const { default: expected }: { default: Expectation } = await import(
      `./contexts/${pair.template.context.id}.ts`
    );
    return [language, template, { ...expected, ...generate({ directory: 'zebra', ...pair }) }] as const;
  }),
);

describe.each(rows)(
  'the manifests for %s, %s',
  (_language, _template, { tree, istioType, isForEnvoyGateway }) => {
    const paths = [...tree.keys()].filter((path) => /^deploy\/.*\.yaml$/.test(path));
    const manifests = paths.map((path) => [path, readText(tree, path)] as const);

    it('exist for each mesh that can run the filter', () => {
      const istio = ['deploy/istio-wasmplugin.yaml', 'deploy/istio.yaml'];
      expect(paths.toSorted()).toEqual(isForEnvoyGateway ? ['deploy/envoy-gateway.yaml', ...istio] : istio);
    });

    it.each(manifests)('are valid for Kubernetes and the mesh: %s', (_path, text) => {
      expect(validate(text)).toEqual(fine);
    });

    it.each(manifests)('have two lines for `make` to fill in: %s', (_path, text) => {
      expect(text.match(/^ *url: .* # IMAGE$/gm)).toHaveLength(1);
      expect(text.match(/^ *sha256: "0{64}" # DIGEST$/gm)).toHaveLength(1);
      expect(text.match(/# (IMAGE|DIGEST)/g)).toHaveLength(2);
      expect(readPlugin(text).url).toBe('oci://registry.example.com/zebra:0.1.0');
    });

    it.each(manifests)(
      'configure the plugin as the bootstrap does, except where they are marked: %s',
      (_path, text) => {
        const plugin = readPlugin(text);
        const inBootstrap = readBootstrap(readText(tree, 'envoy-bootstrap.yml'));
        const names = new Set([plugin.name, plugin.pluginName, ...inBootstrap.map(({ root_id }) => root_id)]);
        expect([...names]).toEqual(['zebra']);
        const same = Object.assign({}, ...inBootstrap.map(({ configuration }) => configuration));
        const differing = [...text.matchAll(/^ +"(\w+)": .* # DIFFERS$/gm)].map(([, field = '']) => field);
        for (const field of differing) same[field] = plugin.pluginConfig[field];
        expect(plugin.pluginConfig).toEqual(same);
      },
    );

    it.each(manifests)('set the plugin type, and what a crash does: %s', (path, text) => {
      const { failStrategy, type, failOpen } = readPlugin(text);
      if (path === 'deploy/envoy-gateway.yaml') expect(failOpen).toBe(false);
      else
        expect({ failStrategy, type }).toEqual({
          failStrategy: 'FAIL_RELOAD',
          type: istioType,
        });
    });

    it.each(manifests)('are still valid with their comments uncommented: %s', (_path, text) => {
      const shown = text.replaceAll(/# {3}/g, '').replaceAll(/^ *#.*\n/gm, '');
      expect(shown).not.toBe(text.replaceAll(/^ *#.*\n/gm, ''));
      if (!shown.includes('selector:')) return expect(validate(shown)).toEqual(fine);
      expect(validate(shown).stderr).toContain('only one of targetRefs or selector can be set');
      expect(validate(shown.replace(/ {2}targetRefs:\n( {2}- .*\n| {4}.*\n)+/, ''))).toEqual(fine);
      expect(validate(shown.replace(/ {2}selector:\n {4}.*\n/, ''))).toEqual(fine);
    });
  },
);

describe('the validator rejects a manifest', () => {
  const find = (path: string, type: Expectation['istioType']) => {
    const [, , { tree }] = rows.find(([, , row]) => row.istioType === type) ?? expect.unreachable();
    return readText(tree, path);
  };
  const files = {
    istio: find('deploy/istio.yaml', 'HTTP'),
    wasmPlugin: find('deploy/istio-wasmplugin.yaml', 'HTTP'),
    network: find('deploy/istio.yaml', 'NETWORK'),
    envoyGateway: find('deploy/envoy-gateway.yaml', 'HTTP'),
  };

  it.each([
    ['istio', 'pluginConfig:', 'pluginConfg:', 'unknown field spec.wasm.pluginConfg'],
    ['wasmPlugin', 'pluginName:', 'rootID:', 'unknown field spec.rootID'],
    ['envoyGateway', 'failOpen:', 'failOpn:', 'unknown field spec.wasm[0].failOpn'],
    ['envoyGateway', 'rootID:', 'type: NETWORK\n    rootID:', 'unknown field spec.wasm[0].type'],
    ['istio', 'FAIL_RELOAD', 'FAIL_RELAOD', 'spec.wasm.failStrategy: Unsupported value: "FAIL_RELAOD"'],
    ['wasmPlugin', 'FAIL_RELOAD', 'FAIL_RELAOD', 'spec.failStrategy: Unsupported value: "FAIL_RELAOD"'],
    ['network', 'NETWORK', 'TCP', 'spec.wasm.type: Unsupported value: "TCP"'],
    [
      'envoyGateway',
      'type: Image',
      'type: Registry',
      'spec.wasm[0].code.type: Unsupported value: "Registry"',
    ],
    ['istio', '"0000', '"sha256:0000', 'spec.wasm.sha256: Invalid value: "sha256:0000'],
    ['wasmPlugin', '"0000', '"000', 'spec.sha256: Invalid value: "000'],
    ['envoyGateway', '"0000', '"sha256:0000', 'spec.wasm.code.image.sha256: "sha256:0000'],
    ['istio', 'oci://', 'ftp://', 'spec.wasm.url: Invalid value'],
    ['istio', 'kind: Gateway', 'kind: HTTPRoute', 'was gateway.networking.k8s.io/HTTPRoute'],
    ['wasmPlugin', 'kind: Gateway', 'kind: Deployment', 'was gateway.networking.k8s.io/Deployment'],
    ['envoyGateway', 'kind: Gateway', 'kind: Service', 'targetRefs[*].kind of Gateway/ListenerSet/HTTPRoute'],
    ['envoyGateway', 'kind: Gateway', 'kind: TCPRoute', 'spec.targetRefs: TCPRoute has no Wasm filters'],
    ['envoyGateway', 'type: Image', 'type: HTTP', 'If type is HTTP, http field needs to be set'],
    ['network', 'number: 9000', 'number: 90000', 'spec.match[0].ports[0].number: Invalid value: 90000'],
    ['istio', 'v1alpha1', 'v1beta1', 'nobody knows extensions.istio.io/v1beta1'],
  ] as const)('for %s with %s changed to %s', (name, old, changed, why) => {
    const manifest = files[name].replace(old, changed);
    expect(manifest).not.toBe(files[name]);
    const { status, stderr } = validate(manifest);
    expect(stderr).toContain(why);
    expect(status).toBe(1);
  });
});
