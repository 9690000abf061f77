import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { type Answer, greet, http, type RefreshUpstream } from './upstream.ts';

/** A response to the service, its delay in milliseconds, and the greeting that the service may take from it. */
export type RandomAnswer = Readonly<{ bytes: Answer; delay?: number; greeting?: string }>;

const greeting = fc.string({ unit: 'grapheme', maxLength: 20, size: 'max' }).map((rest) => `Good ${rest}`);
const good: fc.Arbitrary<RandomAnswer> = fc.oneof(
  greeting.map((greeting) => ({ greeting, bytes: greet(greeting) })),
  greeting.map((greeting) => ({ greeting, bytes: greet(greeting), delay: 150 })),
  fc.tuple(greeting, fc.uint8Array({ maxLength: 50, size: 'max' })).map(([greeting, value]) => {
    const field = `x-odd: ${Buffer.from(value).toString('latin1')}`;
    return { greeting, bytes: http(200, JSON.stringify({ greeting }), field) };
  }),
);

/** Bodies without a greeting that is valid in a header. */
const badBody = fc.oneof(
  fc.json(),
  fc
    .json()
    .filter((text) => !text.startsWith('"'))
    .map((text) => `{"greeting": ${text}}`),
  fc.uint8Array({ maxLength: 200, size: 'max' }),
  fc.constantFrom('{', '1e999', '['.repeat(3000), '{"a":'.repeat(800), '{"greeting": "Bad\\u0000"}'),
  fc.constantFrom(4_100, 9_000, 1_000_000).map((length) => JSON.stringify({ greeting: 'z'.repeat(length) })),
);

const bad = http(200, '{"greeting": "Bad"}');
const badBytes: fc.Arbitrary<Answer> = fc.oneof(
  badBody.map((body) => http(200, body)),
  fc
    .constantFrom(100, 101, 204, 301, 304, 404, 500, 999)
    .map((status) => http(status, '{"greeting": "Bad"}')),
  fc.uint8Array({ maxLength: 300, size: 'max' }).map((bytes) => Buffer.from(bytes)),
  fc.nat(bad.length - 1).map((length) => bad.subarray(0, length)),
  fc.constant('none'),
);

export const randomAnswers: fc.Arbitrary<RandomAnswer> = fc.oneof(
  good,
  badBytes.map((bytes) => ({ bytes })),
);

/** Makes an upstream answer each request with the next answer. */
export class Answers {
  readonly #offered: { answer: RandomAnswer; take: () => void }[] = [];
  /** The greetings that the service may have so far. */
  readonly greetings = new Set(['Good']);

  constructor(upstream: RefreshUpstream) {
    upstream.answer = async () => {
      const next = this.#offered.shift();
      if (next === undefined) return greet('Good');
      const { bytes, delay = 0, greeting = 'Good' } = next.answer;
      this.greetings.add(greeting);
      await sleep(delay);
      next.take();
      return bytes;
    };
  }

  /** Resolves when a service has received the answer. */
  offer(answer: RandomAnswer): Promise<void> {
    return new Promise((take) => this.#offered.push({ answer, take }));
  }
}
