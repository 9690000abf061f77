import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, greet, http } from './upstream.ts';

/** Responses to the service without a valid greeting. */
export const badAnswers: readonly (readonly [what: string, answer: () => Answer | Promise<Answer>])[] = [
  ['status 500', () => http(500, '{"greeting": "bad"}')],
  ['another status of success', () => http(203, '{"greeting": "bad"}')],
  ['no JSON', () => http(200, 'no JSON')],
  ['no body', () => http(200, '')],
  ['more than one JSON', () => http(200, '{"greeting": "bad"} {}')],
  ['an array', () => http(200, '["bad"]')],
  ['no greeting', () => http(200, '{"greting": "bad"}')],
  ['a number', () => http(200, '{"greeting": 5}')],
  ['an empty greeting', () => http(200, '{"greeting": ""}')],
  ['a line break', () => http(200, '{"greeting": "bad\\r\\nx-bad: bad"}')],
  ['a control character', () => http(200, '{"greeting": "bad\\u0085"}')],
  ['no UTF-8', () => http(200, Buffer.from('{"greeting": "bad\xff"}', 'latin1'))],
  ['5 kB', () => http(200, JSON.stringify({ greeting: 'x'.repeat(5_000) }))],
  ['deep nesting', () => http(200, '['.repeat(4_000))],
  ['an answer that breaks off', () => Buffer.from('HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\n{')],
  ['a header that breaks off', () => Buffer.from('HTTP/1.1 200 x\r\ncontent-le')],
  ['no HTTP', () => Buffer.from('nonsense\r\n\r\n')],
  ['no byte', () => Buffer.alloc(0)],
  ['silence', () => 'none'],
  [
    'an answer after the time-out',
    async () => {
      await sleep(450);
      return greet('late');
    },
  ],
];
