import { once } from 'node:events';
import { Agent, type IncomingMessage, request as send } from 'node:http';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect } from 'vitest';

/** A request that Envoy accepts. Each character stands for a byte. */
export type RandomRequest = Readonly<{
  method: string;
  path: string;
  host: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: Uint8Array;
}>;

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

const methods = 'GET HEAD POST PUT DELETE OPTIONS PATCH TRACE PROPFIND MKCOL SUBSCRIBE'.split(' ');
const tokenCharacters = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

const name = fc
  .string({ unit: fc.constantFrom(...tokenCharacters), maxLength: 12, size: 'max' })
  .map((rest) => `x-${rest}`);
/** Any bytes except control characters. Most values are not UTF-8. */
const value = fc.string({
  unit: fc.oneof(character(0x20, 0x7e), character(0x80, 0xff)),
  maxLength: 60,
  size: 'max',
});

/** A path that Envoy does not normalize, and a query that it leaves alone. */
const path = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(..."$&'()*+,-:;=@_~09AZaz"), maxLength: 20, size: 'max' }),
    fc.string({ unit: character(0x24, 0x7e), maxLength: 20, size: 'max' }),
  )
  .map(([path, query]) => `/${path}?${query}`);

export const randomRequests: fc.Arbitrary<RandomRequest> = fc.record({
  method: fc.constantFrom(...methods),
  path,
  host: fc.domain(),
  headers: fc.array(fc.tuple(fc.oneof(name, fc.constant('x-hello')), value), { maxLength: 8 }),
  body: fc.uint8Array({ maxLength: 300, size: 'max' }),
});

function character(min: number, max: number): fc.Arbitrary<string> {
  return fc.integer({ min, max }).map((code) => String.fromCharCode(code));
}

/**
 * Sends the request through the filter to the echo. Fails unless the echo got it unchanged, except for the header `own`
 * of the filter. Returns the bytes of that header; nothing for HEAD, which hides them.
 */
export async function exchange(
  port: number,
  { method, path, host, headers, body }: RandomRequest,
  own = 'x-hello',
): Promise<Buffer | undefined> {
  const length = body.length > 0 ? ['content-length', `${body.length}`] : [];
  const fields = ['host', host, ...headers.flat(), ...length];
  const request = send({ agent, host: '127.0.0.1', port, method, path, headers: fields }).end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const answer = await text(response);
  expect(response.statusCode).toBe(200);
  if (method === 'HEAD') return undefined;
  const { [own]: value, ...echoed } = (JSON.parse(answer) as { headers: Record<string, string> }).headers;
  expect(echoed).toMatchObject({
    ':method': method,
    ':path': path,
    ':authority': host,
    ...merge(headers, own),
  });
  return Buffer.from(value ?? '', 'latin1');
}

/** The headers as the echo shows them: each name once, in lower case, without `own`. */
function merge(headers: RandomRequest['headers'], own: string): Readonly<Record<string, string>> {
  const merged = new Map<string, string>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const earlier = merged.get(key);
    const trimmed = value.replace(/^ +| +$/g, '');
    merged.set(key, earlier === undefined ? trimmed : `${earlier},${trimmed}`);
  }
  merged.delete(own);
  return Object.fromEntries(merged);
}
