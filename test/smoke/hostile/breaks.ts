import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import http2, { type Http2ServerResponse } from 'node:http2';
import { Client } from '../support/client.ts';
import type { Exchanger } from './exchange.ts';

/** The ways in which an upstream breaks off. `start` sends the beginning of an answer. */
export const upstreamBreaks: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
  'closes before it answers': (response) => endStream(response),
  'resets before it answers': (response) => resetConnection(response),
  'closes after the headers': async (response) => {
    await start(response, '');
    endStream(response);
  },
  'resets after the headers': async (response) => {
    await start(response, '');
    resetConnection(response);
  },
  'closes amid the body': async (response) => {
    await start(response, 'x');
    endStream(response);
  },
  'resets amid the body': async (response) => {
    await start(response, 'x');
    resetConnection(response);
  },
};

/** The beginning of an answer to an HTTP/1 request that breaks off amid the headers. */
export function breakOffHeaders({ socket }: ServerResponse): void {
  socket?.end('HTTP/1.1 200 OK\r\ncontent-length: 3\r\nx-half: ha');
}

async function start(response: ServerResponse, body: string): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': 3 });
  response.flushHeaders?.();
  if (body !== '') await new Promise((resolve) => response.write(body, resolve));
}

/** Closes the connection in HTTP/1, the stream in HTTP/2. */
function endStream(response: ServerResponse): void {
  if ('stream' in response) asHttp2(response).stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
  else response.socket?.destroy();
}

function resetConnection(response: ServerResponse): void {
  if ('stream' in response)
    asHttp2(response).stream.session?.destroy(undefined, http2.constants.NGHTTP2_CANCEL);
  else response.socket?.resetAndDestroy();
}

function asHttp2(response: ServerResponse): Http2ServerResponse {
  return response as unknown as Http2ServerResponse;
}

/** What an HTTP/1 client has sent when it goes: the beginning, and the part of a request with these headers. */
const beginnings: Readonly<Record<string, (headers: string) => string>> = {
  'amid the request line': () => 'POST / HT',
  'amid the headers': (headers) => `POST / HTTP/1.1\r\nhost: x\r\n${headers}x-half: ha`,
  'after the headers': (headers) => `POST / HTTP/1.1\r\nhost: x\r\n${headers}content-length: 9\r\n\r\n`,
  'amid the body': (headers) => `POST / HTTP/1.1\r\nhost: x\r\n${headers}content-length: 9\r\n\r\nhalf`,
  'amid a chunk': (headers) =>
    `POST / HTTP/1.1\r\nhost: x\r\n${headers}transfer-encoding: chunked\r\n\r\n9\r\nhalf`,
  'amid the trailers': (headers) =>
    `POST / HTTP/1.1\r\nhost: x\r\n${headers}transfer-encoding: chunked\r\n\r\n0\r\nx-half: ha`,
};

const ways: Readonly<Record<string, (client: Client) => void>> = {
  closes: (client) => client.close(),
  resets: (client) => client.reset(),
  'stops sending': (client) => client.sendLast(''),
};

/** Every way in which an HTTP/1 client can go before its request is whole. */
export const clientBreaks = Object.entries(ways).flatMap(([way, go]) =>
  Object.entries(beginnings).map(([place, begin]) => ({ name: `${way} ${place}`, go, begin })),
);

/** Sends a whole request, and goes when the upstream has it, or when the response has begun. */
export async function leaveBeforeEnd(exchanger: Exchanger, port: number, hasBegun: boolean): Promise<void> {
  const client = await Client.connect(port);
  const asked = new Promise<void>((resolve) => {
    const headers = exchanger.lines(async (_, response) => {
      if (hasBegun) await start(response, 'x');
      resolve();
    });
    client.send(`GET / HTTP/1.1\r\nhost: x\r\n${headers}\r\n`);
  });
  await asked;
  if (hasBegun) await client.receive(9);
  client.reset();
}

/** Sends half a request over HTTP/2, and resets the stream at once, or when the upstream has the request. */
export async function leaveHttp2(exchanger: Exchanger, port: number, isEarly: boolean): Promise<void> {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  await once(session, 'connect');
  await new Promise<void>((resolve) => {
    const headers = Object.fromEntries(exchanger.headers(() => resolve()));
    const fields = { ':method': 'POST', ':path': '/', ':authority': 'x', ...headers };
    const stream = session.request(fields).on('error', () => {});
    stream.write('half', () => isEarly && resolve());
  });
  const closed = once(session, 'close');
  session.destroy(undefined, http2.constants.NGHTTP2_CANCEL);
  await closed;
}
