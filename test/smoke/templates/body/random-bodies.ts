import fc from 'fast-check';
import type { Answer } from './exchange.ts';

/** A body as it comes from the upstream, and as the client must get it. */
export type RandomBody = Readonly<{ answer: Answer; expected: Buffer }>;

type Text = Readonly<{ secret: string; redacted: string }>;

const same = (text: string): Text => ({ secret: text, redacted: text });
const space = fc.string({ unit: fc.constantFrom(' ', '\n', '\t', '\r'), maxLength: 2 });
const string = fc.oneof(fc.string({ unit: 'binary', maxLength: 9 }), fc.constant('"password": 1')).map(quote);
const number = fc.constantFrom('0', '-0', '1.50', '-12e+4', '123456789012345678901234567890', '1E400');
const scalar = fc.oneof(string, number, fc.constantFrom('null', 'true', 'false')).map(same);
const secretNames = ['"password"', '"token"', '"pass\\u0077ord"', '"\\u0074oken"'];
const name = fc.oneof(string, fc.constantFrom('"Password"', '"tokens"', '""', '"\\ud800"'));

const { value } = fc.letrec<{ value: Text }>((tie) => {
  const item = fc.tuple(space, tie('value'), space).map((parts) => join(parts));
  const field = fc
    .tuple(name, space, item)
    .filter(([name]) => !secretNames.includes(name))
    .map(([name, space, item]) => join([name, space, ':', item]));
  const secretField = fc
    .tuple(fc.constantFrom(...secretNames), space, tie('value'))
    .map(([name, space, { secret }]) => ({
      secret: `${name}${space}:${space}${secret}`,
      redacted: `${name}${space}:${space}"[redacted]"`,
    }));
  const list = (items: readonly Text[], [begin, end]: string) => {
    const parts = items.flatMap((item, index) => (index === 0 ? [item] : [',', item]));
    return join([begin ?? '', ...parts, end ?? '']);
  };
  return {
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      scalar,
      fc.array(item, { maxLength: 4 }).map((items) => list(items, '[]')),
      fc.array(fc.oneof(field, secretField), { maxLength: 4 }).map((fields) => list(fields, '{}')),
    ),
  };
});

/** What makes any JSON invalid. */
const garbage = fc.constantFrom('', '', '', '', ',', '}', ']', '\0', '{', '\xff');

export const randomBodies: fc.Arbitrary<RandomBody> = fc
  .record({
    value,
    before: space,
    after: space,
    garbage,
    cuts: fc.array(fc.nat(200), { maxLength: 4 }),
    trailers: fc.boolean(),
    hasLength: fc.boolean(),
  })
  .map(({ value, before, after, garbage, cuts, trailers, hasLength }) => {
    const whole = (text: string) =>
      Buffer.concat([Buffer.from(`${before}${text}${after}`), Buffer.from(garbage, 'latin1')]);
    const secret = whole(value.secret);
    const length = hasLength ? { 'content-length': `${secret.length}` } : {};
    return {
      answer: {
        headers: { 'content-type': 'application/json', ...length },
        pieces: cut(secret, cuts),
        ...(trailers && { trailers: { 'x-end': '1' } }),
      },
      expected: garbage === '' ? whole(value.redacted) : secret,
    };
  });

function cut(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const ends = [...cuts.filter((at) => at < bytes.length), bytes.length].sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

function join(parts: readonly (Text | string)[]): Text {
  const texts = parts.map((part) => (typeof part === 'string' ? same(part) : part));
  return {
    secret: texts.map(({ secret }) => secret).join(''),
    redacted: texts.map(({ redacted }) => redacted).join(''),
  };
}

function quote(text: string): string {
  return JSON.stringify(text);
}
