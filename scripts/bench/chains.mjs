// Envoy's configuration for measuring what filters cost: a listener for each, which has it several times in a row.

/** How often a listener has its filter. The cost of one is too small to measure. */
export const repetitions = 10;

/** @typedef {Readonly<Record<string, unknown>>} Piece a piece of Envoy's configuration */

const address = { socket_address: { address: '127.0.0.1', port_value: 0 } };

const script = `function envoy_on_request(handle)
  local headers = handle:headers()
  headers:replace("x-hello", "Hello world from " .. (headers:get(":authority") or "unknown"))
end`;

const mutation = {
  append: {
    header: { key: 'x-hello', value: 'Hello world from %REQ(:authority)%' },
    append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
  },
};

/** Filters of Envoy that do what the template hello does. */
export const builtIn = {
  lua: describeFilter('lua.v3.Lua', { default_source_code: { inline_string: script } }),
  header_mutation: describeFilter('header_mutation.v3.HeaderMutation', {
    mutations: { request_mutations: [mutation] },
  }),
};

/** Envoy's filter that does what the template auth does. */
export const extAuthz = describeFilter('ext_authz.v3.ExtAuthz', {
  allowed_headers: { patterns: [{ exact: 'authorization' }] },
  http_service: {
    server_uri: { uri: 'http://auth', cluster: 'auth', timeout: '1s' },
    authorization_response: { allowed_upstream_headers: { patterns: [{ exact: 'x-auth-user' }] } },
  },
});

/**
 * The filter that a module is.
 *
 * @param {string} name
 * @param {string} path
 * @param {object} configuration of the plugin
 */
export function describeModule(name, path, configuration = {}) {
  const vm_config = { vm_id: name, code: { local: { filename: path } } };
  const value = JSON.stringify(configuration);
  const string = { '@type': 'type.googleapis.com/google.protobuf.StringValue', value };
  return describeFilter('wasm.v3.Wasm', { config: { name, configuration: string, vm_config } });
}

/**
 * A bootstrap with a listener of its name for each filter.
 *
 * @param {Readonly<Record<string, Piece>>} filters
 */
export function describeEnvoy(filters) {
  const chains = Object.entries(filters).map(([name, filter]) =>
    describeListener(
      name,
      Array.from({ length: repetitions }, (_, index) => ({ ...filter, name: `${name}-${index}` })),
    ),
  );
  const listeners = [describeListener('none', []), ...chains, authService];
  return {
    admin: { address },
    bootstrap_extensions: [
      { name: 'internal', typed_config: type('bootstrap.internal_listener.v3.InternalListener') },
    ],
    static_resources: { listeners, clusters: [authCluster] },
  };
}

/** Allows each request. */
const authService = {
  name: 'auth',
  internal_listener: {},
  filter_chains: describeChains(
    'auth',
    [],
    [
      {
        match: { prefix: '/' },
        direct_response: { status: 200 },
        response_headers_to_add: [{ header: { key: 'x-auth-user', value: 'alice' } }],
      },
    ],
  ),
};

const authEndpoint = { address: { envoy_internal_address: { server_listener_name: 'auth' } } };
const authCluster = {
  name: 'auth',
  load_assignment: { cluster_name: 'auth', endpoints: [{ lb_endpoints: [{ endpoint: authEndpoint }] }] },
};

/**
 * @param {string} name
 * @param {readonly Piece[]} filters
 */
function describeListener(name, filters) {
  const direct_response = { status: 200 };
  // Shows that the filter works.
  const response_headers_to_add = ['x-hello', 'x-auth-user'].map((key) => ({
    header: { key, value: `%REQ(${key})%` },
  }));
  const routes = [
    { match: { path: '/hello' }, direct_response, response_headers_to_add },
    { match: { prefix: '/' }, direct_response },
  ];
  return { name, address, filter_chains: describeChains(name, filters, routes) };
}

/**
 * @param {string} name
 * @param {readonly Piece[]} filters
 * @param {readonly Piece[]} routes
 */
function describeChains(name, filters, routes) {
  const manager = {
    ...type('filters.network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: name,
    http_filters: [...filters, { name: 'router', ...describeFilter('router.v3.Router', {}) }],
    route_config: { virtual_hosts: [{ name: 'all', domains: ['*'], routes }] },
  };
  return [{ filters: [{ name: 'http', typed_config: manager }] }];
}

/**
 * @param {string} name
 * @param {Piece} settings
 * @returns {Piece}
 */
function describeFilter(name, settings) {
  return { typed_config: { ...type(`filters.http.${name}`), ...settings } };
}

/** @param {string} name */
function type(name) {
  return { '@type': `type.googleapis.com/envoy.extensions.${name}` };
}
