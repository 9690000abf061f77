import { once } from 'node:events';
import { Agent, type IncomingMessage, request as send } from 'node:http';
import http2, { type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { buffer } from 'node:stream/consumers';

/** Header names and values. Each character stands for a byte. */
export type Fields = readonly (readonly [name: string, value: string])[];

export type Request = Readonly<{
  method: string;
  path: string;
  host: string;
  headers: Fields;
  /** Sent piece by piece. */
  body: readonly Uint8Array[];
  trailers: Fields;
}>;

export type Response = Readonly<{ status: number; headers: Fields; body: Buffer; trailers: Fields }>;

/** An HTTP client. Requests fail if the response breaks off. */
export type HttpClient = Readonly<{
  send: (request: Request) => Promise<Response>;
  close: () => void;
}>;

/** Sends each request that runs at the same time over a connection of its own. */
export function connectHttp1(port: number): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const sendOne = async ({ method, path, host, headers, body, trailers }: Request): Promise<Response> => {
    const framing =
      trailers.length > 0 || body.length > 1
        ? ['transfer-encoding', 'chunked']
        : body.flatMap(({ length }) => ['content-length', `${length}`]);
    const fields = ['host', host, ...headers.flat(), ...framing];
    const options = {
      agent,
      host: '127.0.0.1',
      port,
      method,
      path,
      headers: fields,
      maxHeaderSize: 1_000_000,
    };
    const request = send(options);
    for (const piece of body) request.write(piece);
    if (trailers.length > 0) request.addTrailers(Object.fromEntries(trailers));
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const received = await buffer(response);
    return {
      status: response.statusCode ?? 0,
      headers: pair(response.rawHeaders),
      body: received,
      trailers: pair(response.rawTrailers),
    };
  };
  return { send: sendOne, close: () => agent.destroy() };
}

/** Sends all requests over one connection. */
export function connectHttp2(port: number): HttpClient {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  session.on('error', () => {});
  return { send: (request) => sendHttp2(session, request), close: () => session.destroy() };
}

async function sendHttp2(session: ClientHttp2Session, request: Request): Promise<Response> {
  const { method, path, host, headers, body, trailers } = request;
  const fields = { ':method': method, ':path': path, ':authority': host, ...group(headers) };
  const isEmpty = body.length === 0 && trailers.length === 0;
  const stream = session.request(fields, { endStream: isEmpty, waitForTrailers: trailers.length > 0 });
  stream.on('wantTrailers', () => stream.sendTrailers(group(trailers)));
  let received: Fields = [];
  stream.on('trailers', (_, __, raw: readonly string[]) => {
    received = pair(raw);
  });
  for (const piece of body) stream.write(piece);
  if (!isEmpty) stream.end();
  const [head, , raw] = (await once(stream, 'response')) as [IncomingHttpHeaders, number, string[]];
  const bytes = await buffer(stream);
  if (stream.rstCode !== 0) throw new Error(`the stream was reset with ${stream.rstCode}`);
  return { status: Number(head[':status']), headers: pair(raw), body: bytes, trailers: received };
}

/** The values of each name, in lower case. */
export function group(fields: Fields): Record<string, string[]> {
  const grouped: Record<string, string[]> = {};
  for (const [name, value] of fields) {
    const key = name.toLowerCase();
    grouped[key] = [...(grouped[key] ?? []), value];
  }
  return grouped;
}

/** Node's raw headers as pairs. */
export function pair(raw: readonly string[]): Fields {
  return Array.from({ length: raw.length / 2 }, (_, n) => [raw[2 * n] ?? '', raw[2 * n + 1] ?? ''] as const);
}

/** Each name once, in lower case, the values as Envoy passes them. */
export function merge(fields: Fields): Readonly<Record<string, string>> {
  const merged = new Map<string, string>();
  for (const [name, value] of fields) {
    const key = name.toLowerCase();
    const earlier = merged.get(key);
    const trimmed = value.replace(/^[ \t]+|[ \t]+$/g, '');
    merged.set(key, earlier === undefined ? trimmed : `${earlier},${trimmed}`);
  }
  return Object.fromEntries(merged);
}
