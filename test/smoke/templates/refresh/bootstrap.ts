import { configureFirst } from '../../support/bootstrap.ts';
import { type Change, replace } from '../../support/project.ts';

/** Points the cluster `refresh` to another port. */
export function refreshFrom(port: number): Change {
  return replace('port_value: 8081 } } # REFRESH_PORT', `port_value: ${port} } }`);
}

/** Removes the service and keeps the HTTP filter, as in Istio and Envoy Gateway. */
export function withoutService(bootstrap: string): string {
  return bootstrap.replace(readService(bootstrap), '');
}

/** Adds services with these plugin configurations, each in its own VM. */
export function addServices(configurations: readonly string[]): Change {
  return (bootstrap) => {
    const service = readService(bootstrap);
    const more = configurations.map((text, number) =>
      configureFirst(text)(service).replace(/vm_id: .*/, `vm_id: another-${number}`),
    );
    return bootstrap.replace(service, () => [service, ...more].join(''));
  };
}

/**
 * Adds a service with this name and plugin configuration, and its filter behind a listener of that
 * name. As in Istio, no plugin has a `vm_id`, so all share their data.
 */
export function addPlugins(name: string, configuration: string): Change {
  return (bootstrap) => {
    const service = readService(bootstrap);
    const listener = readBlock(bootstrap, /^ {2}- name: ingress\n(?: {3}.*\n)+/m);
    const otherService = namePlugins(name)(configureFirst(configuration)(service));
    const otherListener = namePlugins(name)(listener)
      .replace('name: ingress', `name: ${name}`)
      .replace(/port_value: .*/, 'port_value: 0 }');
    return bootstrap
      .replace(service, () => service + otherService)
      .replace(listener, () => listener + otherListener)
      .replaceAll(/ vm_id: .*/g, ' vm_id: ""');
  };
}

/** Renames every plugin. The name is YAML. */
export function namePlugins(name: string): Change {
  return (bootstrap) => bootstrap.replaceAll(/name: \S+(?=\n +root_id:)/g, () => `name: ${name}`);
}

/** A bootstrap whose HTTP filter Envoy loads from the file at `path` while it runs, and the text of that file. */
export function discoverFilter(bootstrap: string, path: string): readonly [bootstrap: string, file: string] {
  const filter = readBlock(bootstrap, /^ {10}- name: envoy\.filters\.http\.wasm\n(?: {11}.*\n)+/m);
  const [name = '', ...config] = filter.replaceAll(/^ {10}/gm, '').split('\n');
  const type = 'type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig';
  const discovery = `            config_discovery:
              config_source: { path_config_source: { path: ${path} } }
              type_urls: [type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm]
`;
  return [
    `node: { id: test, cluster: test }\n${bootstrap.replace(filter, () => `          ${name}\n${discovery}`)}`,
    ['resources:', name, `  "@type": ${type}`, ...config].join('\n'),
  ];
}

function readService(bootstrap: string): string {
  return readBlock(bootstrap, /^- name: envoy\.bootstrap\.wasm\n(?: .*\n)+/m);
}

function readBlock(bootstrap: string, pattern: RegExp): string {
  const block = bootstrap.match(pattern)?.[0];
  if (block === undefined) throw new Error(`the bootstrap has no ${pattern}`);
  return block;
}
