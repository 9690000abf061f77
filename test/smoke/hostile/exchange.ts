import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { type Fields, group, type HttpClient, merge, pair, type Request, type Response } from './clients.ts';
import type { Handler, Upstream } from './upstream.ts';

/** What a template needs that hostile requests may reach its upstream. */
export type Needs = Readonly<{
  /** Headers that let a request in. */
  headers?: Readonly<Record<string, string>>;
  /** Request headers that the filter sets, in lower case: the client's value does not pass. */
  sets?: readonly string[];
  /** Checks the headers that the upstream gets, of which each character stands for a byte. */
  check?: (headers: Readonly<Record<string, string>>, request: Request) => void;
}>;

export type Answer = Readonly<{
  status: number;
  headers: Fields;
  /** Sent piece by piece. */
  body: readonly Uint8Array[];
  trailers: Fields;
}>;

const plainRequest: Request = {
  method: 'POST',
  path: '/',
  host: 'example.com',
  headers: [],
  body: [Buffer.from('question')],
  trailers: [],
};
const plainAnswer: Answer = {
  status: 200,
  headers: [['content-type', 'application/octet-stream']],
  body: [Buffer.from('answer')],
  trailers: [],
};

/** Sends requests through the filter to the upstream. */
export class Exchanger {
  readonly upstream: Upstream;
  readonly #needs: Needs;

  constructor(upstream: Upstream, needs: Needs) {
    this.upstream = upstream;
    this.#needs = needs;
  }

  /** The headers by which a request gets in, and to this handler. */
  headers(handler: Handler): Fields {
    return [...Object.entries(this.#needs.headers ?? {}), this.upstream.plan(handler)];
  }

  /** The same as lines of HTTP/1. */
  lines(handler: Handler): string {
    return this.headers(handler)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
  }

  /** Sends a request that gets this handler. */
  ask(client: HttpClient, handler: Handler, request: Partial<Request> = {}): Promise<Response> {
    const headers = [...(request.headers ?? []), ...this.headers(handler)];
    return client.send({ ...plainRequest, ...request, headers });
  }

  /** Fails unless the upstream gets the request and the client the answer, both unchanged. */
  async exchange(client: HttpClient, request: Partial<Request>, answer: Partial<Answer> = {}): Promise<void> {
    const asked = { ...plainRequest, ...request };
    const answered = { ...plainAnswer, ...answer };
    let passed: Promise<Passed> | undefined;
    const handler: Handler = (upstreamRequest, response) => {
      passed = readPassed(upstreamRequest);
      // It answers even if the request breaks off: then the test fails by what has passed.
      passed.catch(() => {}).then(() => sendAnswer(response, answered));
    };
    const response = await this.ask(client, handler, asked);
    if (passed === undefined) throw new Error(`${response.status} without the upstream: ${response.body}`);
    this.#expectPassed(await passed, asked);
    expectAnswered(response, answered, asked.method);
  }

  /** Fails if the client gets a whole response with a status below 400. */
  async expectBroken(client: HttpClient, handler: Handler, request: Partial<Request> = {}): Promise<void> {
    const response = await this.ask(client, handler, request).catch(() => undefined);
    expect(response?.status ?? 500).toBeGreaterThanOrEqual(400);
  }

  #expectPassed({ method, path, headers, body, trailers }: Passed, asked: Request): void {
    const { check, sets = [] } = this.#needs;
    const sent = Object.entries(merge(asked.headers)).filter(([name]) => !sets.includes(name));
    const expected = {
      method: asked.method,
      path: asked.path,
      body: latin1(asked.body),
      trailers: merge(asked.trailers),
    };
    const passed = { method, path, body, trailers, headers: pick(headers, sent) };
    expectSame(passed, { ...expected, headers: Object.fromEntries(sent) });
    check?.(headers, asked);
  }
}

function expectAnswered(
  { status, headers, body, trailers }: Response,
  answered: Answer,
  method: string,
): void {
  const hasBody = method !== 'HEAD' && ![204, 304].includes(answered.status);
  const sent = merge(answered.headers);
  expectSame(
    {
      status,
      body: latin1([body]),
      trailers: merge(trailers),
      headers: pick(merge(headers), Object.entries(sent)),
    },
    {
      status: answered.status,
      body: hasBody ? latin1(answered.body) : '',
      trailers: hasBody ? merge(answered.trailers) : {},
      headers: sent,
    },
  );
}

/** Vitest compares slowly. */
function expectSame(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}

function pick(headers: Readonly<Record<string, string>>, expected: readonly (readonly [string, string])[]) {
  return Object.fromEntries(expected.map(([name]) => [name, headers[name]]));
}

/** What the upstream got. Each character stands for a byte. */
type Passed = Readonly<{
  method: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  trailers: Readonly<Record<string, string>>;
}>;

async function readPassed(request: IncomingMessage): Promise<Passed> {
  const body = latin1([await buffer(request)]);
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: merge(pair(request.rawHeaders)),
    body,
    trailers: merge(pair(request.rawTrailers)),
  };
}

async function sendAnswer(
  response: ServerResponse,
  { status, headers, body, trailers }: Answer,
): Promise<void> {
  for (const [name, value] of Object.entries(group(headers))) response.setHeader(name, value);
  response.writeHead(status);
  for (const piece of body) if (!response.write(piece)) await once(response, 'drain');
  response.addTrailers(Object.fromEntries(trailers));
  response.end();
}

function latin1(pieces: readonly Uint8Array[]): string {
  return Buffer.concat(pieces).toString('latin1');
}
