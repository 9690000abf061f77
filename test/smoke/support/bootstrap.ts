import { type Change, replace } from './project.ts';

/** Replaces the first plugin configuration. */
export function configureFirst(text: string): Change {
  return (bootstrap) => configure(bootstrap, 0, text);
}

/** Replaces the last plugin configuration. */
export function configureLast(text: string): Change {
  return (bootstrap) => configure(bootstrap, -1, text);
}

/** Gives the change of every plugin configuration to this text. */
export function configureAll(text: string): Change {
  return (bootstrap) => {
    const blocks = bootstrap.match(/value: \|\n/g) ?? [];
    return blocks.reduce((changed) => configureFirst(text)(changed), bootstrap);
  };
}

function configure(bootstrap: string, which: number, text: string): string {
  const old = [...bootstrap.matchAll(/value: \|\n +\{[^}]*\}\n/g)].at(which);
  if (old === undefined) throw new Error('the bootstrap has no plugin configuration');
  const value = `value: '${text.replaceAll("'", "''")}'\n`;
  return bootstrap.slice(0, old.index) + value + bootstrap.slice(old.index + old[0].length);
}

/** Makes the change that the comment at the cluster `upstream` describes, with this address instead of httpbin.org. */
export function useRealUpstream(port: number): Change {
  return (bootstrap) => {
    const [, type, address] = bootstrap.match(/# {3}(type: \S+)\n +# {3}(address: .*)\n/) ?? [];
    if (type === undefined || address === undefined) throw new Error('the bootstrap shows no real upstream');
    const real = address
      .replace('httpbin.org', '127.0.0.1')
      .replace('port_value: 80 ', `port_value: ${port} `);
    return bootstrap.replace(`#   ${type}`, type).replace(/address: \{ envoy_internal_address: .*/, real);
  };
}

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

/** Combines several changes. */
export function all(...changes: readonly Change[]): Change {
  return (bootstrap) => changes.reduce((text, change) => change(text), bootstrap);
}
