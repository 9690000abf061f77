import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import http2 from 'node:http2';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** Answers one request: late, in pieces, in part, or not at all. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** The request header by which the upstream finds what to do. */
const idHeader = 'x-hostile';

/** An upstream that speaks HTTP/1 and HTTP/2 on one port, and does with each request what the test has planned. */
export class Upstream {
  readonly #plans = new Map<string, Handler>();
  readonly #sockets = new Set<Socket>();
  #count = 0;
  // It never closes a connection by itself: a request could be on its way.
  readonly #http1 = http.createServer(
    { maxHeaderSize: 1_000_000, keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 },
    (request, response) => this.#serve(request, response),
  );
  readonly #http2 = http2.createServer((request, response) =>
    // Node's compatibility API has the same methods.
    this.#serve(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  );
  readonly #server = createServer({ noDelay: true }, (socket) => this.#accept(socket));

  static async start(): Promise<Upstream> {
    const upstream = new Upstream();
    upstream.#http1.on('checkContinue', (request, response) => {
      response.writeContinue();
      upstream.#serve(request, response);
    });
    await once(upstream.#server.listen(0, '127.0.0.1'), 'listening');
    return upstream;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Returns the header that makes the next request with it get this handler. */
  plan(handler: Handler): readonly [name: string, value: string] {
    const id = `${this.#count++}`;
    this.#plans.set(id, handler);
    return [idHeader, id];
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {}));
    socket.once('data', (bytes) => {
      socket.pause();
      socket.unshift(bytes);
      const server = bytes.toString('latin1').startsWith('PRI') ? this.#http2 : this.#http1;
      server.emit('connection', socket);
      process.nextTick(() => socket.resume());
    });
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const id = `${request.headers[idHeader]}`;
    const handler = this.#plans.get(id);
    this.#plans.delete(id);
    for (const stream of [request, response]) stream.on('error', () => {});
    if (handler === undefined) response.writeHead(500).end(`nothing is planned for ${id}`);
    else handler(request, response);
  }
}
