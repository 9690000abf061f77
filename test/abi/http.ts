import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

type Headers = Readonly<Record<string, string | readonly string[]>>;

/** A request or a response. */
export type Message = Readonly<{ headers?: Headers; body?: string; trailers?: Headers }>;

/** What came back. `reset` is the stream's error code, 0 for none. */
export type Answer = Readonly<{ headers: Headers; body: string; trailers: Headers; reset: number }>;

/** An HTTP/2 server. `answer` maps a request to its response. */
export async function startUpstream(answer: (request: Required<Message>) => Message | Promise<Message>) {
  const server = http2.createServer();
  server.on('stream', async (stream, headers) => {
    stream.on('error', () => {});
    let trailers: Headers = {};
    stream.on('trailers', (received) => {
      trailers = { ...received } as Headers;
    });
    const body = await text(stream).catch(() => undefined);
    if (body === undefined) return;
    const response = await answer({ headers: { ...headers } as Headers, body, trailers });
    if (stream.destroyed) return;
    const endStream = response.body === undefined && response.trailers === undefined;
    const options = { endStream, waitForTrailers: response.trailers !== undefined };
    stream.respond({ ':status': '200', ...response.headers } as http2.OutgoingHttpHeaders, options);
    stream.on('wantTrailers', () =>
      stream.sendTrailers({ ...response.trailers } as http2.OutgoingHttpHeaders),
    );
    if (!endStream) stream.end(response.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, stop: () => server.close() };
}

/** Sends a request over a new connection. */
export async function request(port: number, { headers = {}, body, trailers }: Message): Promise<Answer> {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  session.on('error', () => {});
  const isEnd = body === undefined && trailers === undefined;
  const outgoing = { ':method': isEnd ? 'GET' : 'POST', ':path': '/', ...headers };
  const stream = session.request(outgoing as http2.OutgoingHttpHeaders, {
    endStream: isEnd,
    waitForTrailers: trailers !== undefined,
  });
  let received: Headers = {};
  let end: Headers = {};
  stream.on('error', () => {});
  stream.on('response', (response) => {
    received = { ...response } as Headers;
  });
  stream.on('trailers', (response) => {
    end = { ...response } as Headers;
  });
  stream.on('wantTrailers', () => stream.sendTrailers({ ...trailers } as http2.OutgoingHttpHeaders));
  const closed = new Promise((resolve) => stream.on('close', resolve));
  if (!isEnd) stream.end(body);
  const answered = await text(stream).catch(() => '');
  await closed;
  session.destroy();
  return { headers: received, body: answered, trailers: end, reset: stream.rstCode ?? 0 };
}

/** Like `request`, over HTTP/1.1. `reset` is 1 if the answer is aborted or does not end within `patience`. */
export async function requestByHttp1(
  port: number,
  { headers = {}, body, trailers }: Message,
  patience?: (received: () => string) => Promise<unknown>,
): Promise<Answer> {
  const method = body === undefined ? 'GET' : 'POST';
  const outgoing = http.request({ port, host: '127.0.0.1', method, agent: false });
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  if (trailers !== undefined) {
    outgoing.setHeader('trailer', Object.keys(trailers));
    outgoing.addTrailers(Object.entries(trailers) as [string, string][]);
  }
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [http.IncomingMessage];
  let received = '';
  incoming.on('data', (bytes) => {
    received += bytes;
  });
  incoming.on('error', () => {});
  const ended = once(incoming, 'close').catch(() => {});
  await Promise.race([ended, ...(patience === undefined ? [] : [patience(() => received)])]);
  const reset = incoming.complete ? 0 : 1;
  outgoing.destroy();
  await ended;
  const all = { ':status': incoming.statusCode, ...incoming.headers } as unknown as Headers;
  return { headers: all, body: received, trailers: incoming.trailers as Headers, reset };
}

/** Sends `count` requests over one connection, 20 at a time. Throws unless every answer is 200. */
export async function requestMany(port: number, count: number, headers: Headers): Promise<void> {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  let left = count;
  const client = async () => {
    while (left-- > 0) {
      const stream = session.request(headers as http2.OutgoingHttpHeaders);
      const [response] = await once(stream, 'response');
      if (response[':status'] !== 200) throw new Error(`answered with ${response[':status']}`);
      await text(stream);
    }
  };
  await Promise.all(Array.from({ length: 20 }, client));
  session.close();
}
