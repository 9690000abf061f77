import fc from 'fast-check';
import type { Fields, Request } from './clients.ts';
import type { Answer } from './exchange.ts';

/** A request that Envoy accepts, and what the upstream answers. */
export type RandomExchange = Readonly<{ isHttp2: boolean; request: Request; answer: Answer }>;

const methods = 'GET HEAD POST PUT DELETE OPTIONS PATCH TRACE PROPFIND MKCOL SUBSCRIBE'.split(' ');
const tokenCharacters = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

const name = fc
  .string({ unit: fc.constantFrom(...tokenCharacters), maxLength: 12, size: 'max' })
  .map((rest) => `x-${rest}`);
/** Any bytes except control characters. Most values are not UTF-8. HTTP/2 forbids spaces at the ends. */
const value = fc
  .string({ unit: fc.oneof(character(0x20, 0x7e), character(0x80, 0xff)), maxLength: 60, size: 'max' })
  .map((text) => text.replace(/^ +| +$/g, ''));

/** A path that Envoy does not normalize, and a query that it leaves alone. */
const path = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(..."$&'()*+,-:;=@_~09AZaz"), maxLength: 20, size: 'max' }),
    fc.string({ unit: character(0x24, 0x7e), maxLength: 20, size: 'max' }),
  )
  .map(([path, query]) => `/${path}?${query}`);

const headers = fc.array(fc.tuple(fc.oneof(name, fc.constant('x-hello')), value), { maxLength: 8 });
/** Each name once. */
const trailers: fc.Arbitrary<Fields> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  fc.uniqueArray(fc.tuple(name, value), { maxLength: 3, selector: ([name]) => name.toLowerCase() }),
);
const body = fc.array(
  fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 300, size: 'max' }), fc.json().map(Buffer.from)),
  { maxLength: 3 },
);
const contentType = fc.constantFrom('application/json', 'application/octet-stream', 'text/plain');

export const randomExchanges: fc.Arbitrary<RandomExchange> = fc
  .record({
    isHttp2: fc.boolean(),
    request: fc.record({
      method: fc.constantFrom(...methods),
      path,
      host: fc.domain(),
      headers,
      body,
      trailers,
    }),
    answer: fc.record({
      status: fc.constantFrom(200, 201, 204, 304, 404, 500),
      headers: fc
        .tuple(contentType, headers)
        .map(([type, more]) => [['content-type', type] as const, ...more]),
      body,
      trailers,
    }),
  })
  .map(announceTrailers);

function character(min: number, max: number): fc.Arbitrary<string> {
  return fc.integer({ min, max }).map((code) => String.fromCharCode(code));
}

/** Names the trailers in a header, as HTTP asks for. A filter may need to know that a body is not the end. */
function announceTrailers(exchange: RandomExchange): RandomExchange {
  const { request, answer } = exchange;
  const hasBody = request.method !== 'HEAD' && ![204, 304].includes(answer.status);
  if (!hasBody || answer.trailers.length === 0) return exchange;
  const names = answer.trailers.map(([name]) => name).join(', ');
  return { ...exchange, answer: { ...answer, headers: [...answer.headers, ['trailer', names]] } };
}
