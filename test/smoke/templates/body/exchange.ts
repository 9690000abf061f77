import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request as send } from 'node:http';
import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { withServer } from '../../../support/server.ts';
import { configureFirst, useRealUpstream } from '../../support/bootstrap.ts';
import { all, type Deployment, type Project, replace } from '../../support/project.ts';

/** What an upstream answers: its body comes in pieces, one after the other. */
export type Answer = Readonly<{
  status?: number;
  headers?: Readonly<Record<string, string>>;
  pieces: readonly (string | Uint8Array)[];
  /** Only over HTTP/2. */
  trailers?: Readonly<Record<string, string>>;
  /** Milliseconds between the pieces. */
  pause?: number;
}>;

/** The answers to requests, by path. A path is asked for once. */
export type Answers = Map<string, Answer>;

/** Deploys the project with an upstream that speaks HTTP/1.1, chunked unless a header tells the length. */
export function withHttp1(
  project: Project,
  configuration: string,
  use: (deployment: Deployment, answers: Answers) => Promise<void>,
): Promise<void> {
  const answers: Answers = new Map();
  const server = createServer((socket) => {
    socket.setNoDelay().on('error', () => {});
    socket.on('data', (request) => {
      const [, method, path = ''] = request.toString('latin1').match(/^(\S+) (\S+)/) ?? [];
      answerHttp1(socket, take(answers, path), method === 'HEAD');
    });
  });
  return withServer(server, (port) => {
    const change = all(useRealUpstream(port), configureFirst(configuration));
    return project.withBootstrap(change, () => project.deploy((deployment) => use(deployment, answers)));
  });
}

async function answerHttp1(
  socket: Socket,
  { status = 200, headers = {}, pieces, pause = 0 }: Answer,
  isHead: boolean,
): Promise<void> {
  const hasNoBody = isHead || status === 204 || status === 304;
  const isChunked = headers['content-length'] === undefined && !hasNoBody;
  const all = isChunked ? { ...headers, 'transfer-encoding': 'chunked' } : headers;
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} x\r\n${lines.join('')}\r\n`);
  for (const piece of hasNoBody ? [] : pieces) {
    if (pause > 0) await sleep(pause);
    const bytes = Buffer.from(piece);
    socket.write(isChunked ? frame(bytes) : bytes);
  }
  if (isChunked) socket.write('0\r\n\r\n');
}

function frame(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

/** Deploys the project with an upstream that speaks HTTP/2. */
export function withHttp2(
  project: Project,
  configuration: string,
  use: (deployment: Deployment, answers: Answers) => Promise<void>,
): Promise<void> {
  const answers: Answers = new Map();
  // By default, Node.js refuses streams when it buffers more than 10 MB.
  const server = createHttp2Server({ maxSessionMemory: 1_000 });
  server.on('stream', (stream, { ':path': path = '' }) => {
    stream.on('error', () => {});
    answerHttp2(stream, take(answers, path));
  });
  server.on('sessionError', () => {});
  return withServer(server, (port) => {
    const change = all(useRealUpstream(port), speakHttp2, configureFirst(configuration));
    return project.withBootstrap(change, () => project.deploy((deployment) => use(deployment, answers)));
  });
}

const speakHttp2 = replace(
  '  - name: upstream\n',
  `  - name: upstream
    typed_extension_protocol_options:
      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
        "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
        explicit_http_config: { http2_protocol_options: {} }
`,
);

async function answerHttp2(
  stream: ServerHttp2Stream,
  { status = 200, headers, pieces, trailers, pause = 0 }: Answer,
): Promise<void> {
  stream.respond({ ':status': status, ...headers }, { waitForTrailers: trailers !== undefined });
  if (trailers !== undefined) stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  for (const piece of pieces) {
    if (pause > 0) await sleep(pause);
    if (!stream.destroyed) stream.write(piece);
  }
  if (!stream.destroyed) stream.end();
}

function take(answers: Answers, path: string): Answer {
  const found = answers.get(path);
  answers.delete(path);
  if (found === undefined) throw new Error(`nothing to answer to ${path}`);
  return found;
}

const agent = new Agent({ keepAlive: true, maxSockets: 32 });

/** What a client gets. `error` says how a response broke off. */
export type Received = Readonly<{
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
  error: string | undefined;
}>;

/** Sends a request through the filter. */
export async function ask(
  { port }: Pick<Deployment, 'port'>,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Received> {
  const request = send({ agent, host: '127.0.0.1', port, method, path, headers }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const pieces: Buffer[] = [];
  let error: string | undefined;
  try {
    for await (const piece of response) pieces.push(piece);
  } catch (cause) {
    error = (cause as NodeJS.ErrnoException).code;
  }
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(pieces), error };
}

let asked = 0;

/** Lets the upstream give this answer, and asks for it. */
export function exchange(
  deployment: Pick<Deployment, 'port'>,
  answers: Answers,
  answer: Answer,
  options?: { method?: string; headers?: Record<string, string> },
): Promise<Received> {
  const path = `/${asked++}`;
  answers.set(path, answer);
  return ask(deployment, path, options);
}
