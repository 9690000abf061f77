import { join } from 'node:path';
import { inject } from 'vitest';

/** A piece of Envoy's configuration. */
type Piece = Readonly<Record<string, unknown>>;

/** What differs between plugins. */
export type Plugin = Readonly<{
  module: string;
  name?: string;
  vmId?: string;
  vmConfiguration?: string;
  configuration?: string;
  /** What Envoy does after a crash. */
  failure?: Piece;
}>;

const type = (name: string): Piece => ({ '@type': `type.googleapis.com/${name}` });

/** A bootstrap with any free admin port. */
export function bootstrap(parts: Piece & { static_resources: Piece }): Piece {
  const address = { socket_address: { address: '127.0.0.1', port_value: 0 } };
  return { admin: { address }, ...parts };
}

/** The `config` of a filter or service that runs a module. */
function pluginConfig(plugin: Plugin): Piece {
  const { module, name = module, vmId = module, vmConfiguration = '', configuration = '' } = plugin;
  const { failure = { failure_policy: 'FAIL_RELOAD' } } = plugin;
  const code = { local: { filename: join(inject('modules'), `${module}.wasm`) } };
  const text = (value: string) => ({ ...type('google.protobuf.StringValue'), value });
  return {
    name,
    root_id: name,
    ...failure,
    configuration: text(configuration),
    vm_config: { vm_id: vmId, code, configuration: text(vmConfiguration) },
  };
}

/** An HTTP filter. */
export function httpFilter(plugin: Plugin): Piece {
  const config = { ...type('envoy.extensions.filters.http.wasm.v3.Wasm'), config: pluginConfig(plugin) };
  return { name: plugin.name ?? plugin.module, typed_config: config };
}

/** A background service. */
export function service(plugin: Plugin): Piece {
  const config = { ...type('envoy.extensions.wasm.v3.WasmService'), config: pluginConfig(plugin) };
  return { name: 'envoy.bootstrap.wasm', typed_config: { ...config, singleton: true } };
}

/** A TCP filter. */
function networkFilter(plugin: Plugin): Piece {
  const config = { ...type('envoy.extensions.filters.network.wasm.v3.Wasm'), config: pluginConfig(plugin) };
  return { name: 'envoy.filters.network.wasm', typed_config: config };
}

const listener = (name: string, filters: readonly Piece[]): Piece => ({
  name,
  address: { socket_address: { address: '127.0.0.1', port_value: 0 } },
  filter_chains: [{ filters }],
});

/** A listener that sends HTTP through filters to a cluster. */
export function httpListener(name: string, filters: readonly Piece[], cluster: string): Piece {
  const router = { name: 'router', typed_config: type('envoy.extensions.filters.http.router.v3.Router') };
  const route = { match: { prefix: '/' }, route: { cluster, timeout: '0s' } };
  const format = '%RESPONSE_CODE% %RESPONSE_CODE_DETAILS% %FILTER_STATE(wasm.mine:PLAIN)%\n';
  const access_log = {
    name: 'access',
    typed_config: {
      ...type('envoy.extensions.access_loggers.stream.v3.StdoutAccessLog'),
      log_format: { text_format_source: { inline_string: `access %REQ(x-tag)% ${format}` } },
    },
  };
  const manager = {
    ...type('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: name,
    http_filters: [...filters, router],
    route_config: { virtual_hosts: [{ name: 'all', domains: ['*'], routes: [route] }] },
    access_log: [access_log],
  };
  return listener(name, [{ name: 'http', typed_config: manager }]);
}

/** The file from which Envoy loads listeners while it runs. */
export function listenerFile(listeners: readonly Piece[]): string {
  const resources = listeners.map((each) => ({ ...type('envoy.config.listener.v3.Listener'), ...each }));
  return JSON.stringify({ resources });
}

/** A listener that sends the bytes of connections through a filter to a cluster. */
export function tcpListener(name: string, plugin: Plugin, cluster: string): Piece {
  const proxy = {
    ...type('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy'),
    stat_prefix: name,
    cluster,
  };
  return listener(name, [networkFilter(plugin), { name: 'tcp', typed_config: proxy }]);
}

/** A cluster with these loopback ports as endpoints. `http2`: they use HTTP/2. */
export function cluster(name: string, ports: readonly number[], http2 = true): Piece {
  const endpoints = ports.map((port_value) => ({
    endpoint: { address: { socket_address: { address: '127.0.0.1', port_value } } },
  }));
  const options = {
    ...type('envoy.extensions.upstreams.http.v3.HttpProtocolOptions'),
    explicit_http_config: { http2_protocol_options: {} },
  };
  return {
    name,
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: endpoints }] },
    ...(http2 && {
      typed_extension_protocol_options: { 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': options },
    }),
  };
}
