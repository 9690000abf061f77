import { after, type Change, replace } from '../support/project.ts';

/** Crashes on requests to the host `crash`, in a library that the filter calls. */
export const crashInAssemblyScript = after(
  'Uint8Array | null): Uint8Array {\n',
  '  if (authority !== null && authority.length === 5) authority[5];\n',
);

/** Crashes on requests to the host `crash`. */
export const crashInRust = after('-> Vec<u8> {\n', '    assert_ne!(authority, Some(&b"crash"[..]));\n');

/** Calls a cluster that does not exist, on requests to the host `call`. */
export const callInRust = after(
  'get_http_request_header_bytes(":authority");\n',
  `        if authority.as_deref() == Some(b"call") {
            let headers = vec![(":method", "GET"), (":path", "/"), (":authority", "a")];
            let timeout = std::time::Duration::from_secs(1);
            self.dispatch_http_call("nowhere", headers, None, vec![], timeout).unwrap();
        }
`,
);

/** A request that crashes a filter, and the hints that it causes. */
type Crash = Readonly<{ host: string; module: Change; hints: readonly RegExp[] }>;

const asBuilt: Change = (bootstrap) => bootstrap;
/** What `make dev` builds, with the names of functions. */
const withNames = replace('build/plugin.wasm', 'build/dev/plugin.wasm');

const answered = /hint: the filter crashed, so Envoy answered the request with 503, and reloads the filter/;
const answeredAt = /hint: the filter crashed at src\/filter\.rs:\d+, so Envoy answered the request with 503/;

export const crashesInAssemblyScript: readonly Crash[] = [
  { host: 'crash', module: asBuilt, hints: [answered] },
  {
    host: 'crash',
    module: withNames,
    hints: [answered, /the crash is in your function `hello`, assembly\/filter\.ts$/],
  },
];

const inCallback =
  /the crash is in your function `Filter::on_http_request_headers`, src\/(filter|lib)\.rs:\d+$/;
const noCluster =
  /hint: Envoy did not accept the arguments .* no cluster in envoy-bootstrap\.yml has that name/;

export const crashesInRust: readonly Crash[] = [
  { host: 'crash', module: asBuilt, hints: [answeredAt, inCallback] },
  { host: 'call', module: asBuilt, hints: [noCluster, inCallback] },
];
