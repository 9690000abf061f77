import { useRealUpstream } from '../support/bootstrap.ts';
import { all, type Change, replaceMatch } from '../support/project.ts';

/** Leads to an upstream that is spoken to as the client speaks, HTTP/1 or HTTP/2. Trailers pass in both. */
export function useHostileUpstream(port: number): Change {
  const type = 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  const trailers = 'http_protocol_options: { enable_trailers: true }';
  const options = `$1  typed_extension_protocol_options:
$1    envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
$1      "@type": ${type}
$1      use_downstream_protocol_config: { ${trailers}, http2_protocol_options: {} }
`;
  return all(
    useRealUpstream(port),
    replaceMatch(/^( *)stat_prefix: ingress\n/m, `$&$1${trailers}\n`),
    replaceMatch(/^( *)- name: upstream\n/m, `$&${options}`),
  );
}
