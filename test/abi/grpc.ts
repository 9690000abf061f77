import { once } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';

/** A message in gRPC's framing: not compressed, its length, its bytes. */
function frame(message: string): Buffer {
  const bytes = Buffer.from(message);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** Splits received bytes into complete messages and the rest. */
function unframe(bytes: Buffer): readonly [readonly string[], Buffer] {
  if (bytes.length < 5 || bytes.length < 5 + bytes.readUInt32BE(1)) return [[], bytes];
  const end = 5 + bytes.readUInt32BE(1);
  const [messages, rest] = unframe(bytes.subarray(end));
  return [[bytes.subarray(5, end).toString(), ...messages], rest];
}

/** What a gRPC server has seen of a call. */
type Call = { path: string; metadata: string; messages: string[]; end: 'open' | 'ended' | 'reset' };

/**
 * A gRPC server. It answers every message with `re:` and the message; `fail` ends the call with status 7, `wait` is not
 * answered, `drop` resets it. The method `Silent` does not even send headers. The end of the client's messages ends
 * the call.
 */
export async function startGrpcServer() {
  const calls: Call[] = [];
  const server = http2.createServer();
  server.on('stream', (stream, headers) => {
    const path = `${headers[':path']}`;
    const call: Call = { path, metadata: `${headers['x-meta']}`, messages: [], end: 'open' };
    calls.push(call);
    serve(stream, call);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, calls, stop: () => server.close() };
}

function serve(stream: http2.ServerHttp2Stream, call: Call): void {
  let rest: Buffer = Buffer.alloc(0);
  let status = { 'grpc-status': '0', 'grpc-message': 'fine', 'x-last': 'yes' };
  stream.on('error', () => {});
  stream.on('close', () => {
    if (call.end === 'open') call.end = 'reset';
  });
  if (call.path.endsWith('/Silent')) return;
  const headers = { ':status': 200, 'content-type': 'application/grpc', 'x-first': 'yes' };
  stream.respond(headers, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers(status));
  stream.on('data', (chunk: Buffer) => {
    const [messages, left] = unframe(Buffer.concat([rest, chunk]));
    rest = left;
    call.messages.push(...messages);
    if (messages.includes('fail')) status = { ...status, 'grpc-status': '7', 'grpc-message': 'not today' };
    for (const message of messages) answer(stream, message);
  });
  stream.on('end', () => {
    if (call.messages.includes('wait')) return;
    call.end = 'ended';
    stream.end();
  });
}

function answer(stream: http2.ServerHttp2Stream, message: string): void {
  if (message === 'fail') stream.end();
  else if (message === 'drop') stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
  else if (message !== 'wait') stream.write(frame(`re:${message}`));
}
