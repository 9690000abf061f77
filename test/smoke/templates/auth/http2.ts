import { once } from 'node:events';
import { type ClientHttp2Session, connect, createServer, type IncomingHttpHeaders } from 'node:http2';
import { after } from '../../support/project.ts';

/** Opens an HTTP/2 connection while `use` runs. */
export async function withSession<Result>(
  port: number,
  use: (session: ClientHttp2Session) => Promise<Result>,
): Promise<Result> {
  const session = connect(`http://127.0.0.1:${port}`);
  await once(session, 'connect');
  try {
    return await use(session);
  } finally {
    session.destroy();
  }
}

/** Starts a request with body and trailers. */
export function post(
  session: ClientHttp2Session,
  headers: IncomingHttpHeaders,
  body: string,
  trailers: IncomingHttpHeaders,
) {
  const stream = session.request(
    { ':method': 'POST', ':path': '/', ...headers },
    { waitForTrailers: true, endStream: false },
  );
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  // Envoy resets the stream if it answers before the end of the body.
  stream.on('error', () => {});
  stream.end(body);
  return stream;
}

/** What an upstream has received of a request. */
type Received = { length: number; trailers: IncomingHttpHeaders };

/** An upstream that speaks HTTP/2. */
export class Http2Upstream {
  requests: Received[] = [];

  readonly server = createServer().on('stream', (stream) => {
    const request: Received = { length: 0, trailers: {} };
    this.requests.push(request);
    stream.on('data', (bytes) => {
      request.length += bytes.length;
    });
    stream.on('trailers', (trailers) => {
      request.trailers = Object.fromEntries(Object.entries(trailers));
    });
    stream.on('end', () => {
      stream.respond();
      stream.end('done');
    });
  });
}

/** Envoy speaks HTTP/2 with the cluster `upstream`. */
export const speakHttp2 = after(
  '  - name: upstream\n',
  `    typed_extension_protocol_options:
      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
        "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
        explicit_http_config: { http2_protocol_options: {} }
`,
);
