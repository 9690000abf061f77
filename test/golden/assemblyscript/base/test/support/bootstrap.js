/** The Envoy configuration that tests run, and changes of it. */

import { readFileSync } from "node:fs";

/**
 * envoy-bootstrap.yml, the ports marked `# PORT`, `# ADMIN_PORT` and the like replaced by free ones: for 0 Envoy chooses
 * one.
 */
export function bootstrap() {
  return readFileSync("envoy-bootstrap.yml", "utf8").replace(/(?<=port_value: )\d+(?=.*PORT$)/gm, "0");
}

/** Puts `configuration` in the place of the first `value:` and of the lines that belong to it, those indented deeper. */
export function withConfiguration(bootstrap, configuration) {
  return bootstrap.replace(
    /^( *)value: .*\n(?:\1 .*\n)*/m,
    (_, indent) => `${indent}value: ${JSON.stringify(configuration)}\n`,
  );
}

/** The cluster `upstream` leads to `port` instead of to the echo. */
export function withUpstream(bootstrap, port) {
  const echo = "envoy_internal_address: { server_listener_name: echo }";
  return replace(bootstrap, echo, `socket_address: { address: 127.0.0.1, port_value: ${port} }`);
}

/** Clients of the first listener begin by saying where they come from, as load balancers do with the PROXY protocol. */
export function withSourceAddresses(bootstrap) {
  const filter = `    listener_filters:
    - name: envoy.filters.listener.proxy_protocol
      typed_config:
        "@type": type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol
    filter_chains:
`;
  return replace(bootstrap, "    filter_chains:\n", filter);
}

/** Trailers pass in HTTP/1, too, from the client to the cluster `upstream` and back. Envoy drops them by default. */
export function withTrailers(bootstrap) {
  const options = "http_protocol_options: { enable_trailers: true }";
  const ingress = "          stat_prefix: ingress\n";
  const cluster = `  - name: upstream
    typed_extension_protocol_options:
      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
        "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
        explicit_http_config: { ${options} }
`;
  return replace(replace(bootstrap, ingress, `${ingress}          ${options}\n`), "  - name: upstream\n", cluster);
}

/** Changes the first of them; there has to be one. */
export function replace(bootstrap, what, by) {
  if (!bootstrap.includes(what)) throw new Error(`envoy-bootstrap.yml has no \`${what}\``);
  return bootstrap.replace(what, () => by);
}
