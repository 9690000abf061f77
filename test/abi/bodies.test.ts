import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootstrap, cluster, httpFilter, httpListener } from './bootstrap.ts';
import { Envoy } from './envoy.ts';
import { type Message, request, requestByHttp1, startUpstream } from './http.ts';
import { readSaid, runScript, type Script, waitForEnd, writeScript } from './scripted.ts';

const mebibyte = 1 << 20;
const trailers = { 'x-trailer': 'last' };
/** The client's protocol, and how much of a body Envoy buffers. */
const protocols = [
  ['HTTP/1', requestByHttp1, mebibyte],
  ['HTTP/2', request, 16 * mebibyte],
] as const;

let envoy: Envoy;
let upstream: Awaited<ReturnType<typeof startUpstream>>;
/** The last request that the upstream got, and its next answer. */
let seen: Required<Message> | undefined;
let response: Message = {};

const configuration = (port: number) =>
  bootstrap({
    static_resources: {
      listeners: [httpListener('http', [httpFilter({ module: 'http' })], 'upstream')],
      clusters: [cluster('upstream', [port])],
    },
  });

beforeAll(async () => {
  upstream = await startUpstream((request) => {
    seen = request;
    return response;
  });
  envoy = await Envoy.start(configuration(upstream.port));
});
afterAll(async () => {
  upstream.stop();
  expect(await envoy.stop()).toEqual([]);
});

/** Runs a script while a message passes the filter. */
function run(script: Script, message: Message = {}, answer: Message = {}, send = request) {
  response = answer;
  seen = undefined;
  return runScript(envoy, 'http', script, message, send);
}

/** Like `run`, if the last thing said is unknown. Returns only the answer. */
async function ask(script: Script, message: Message, answer: Message, send: typeof request) {
  response = answer;
  const { tag, text } = writeScript(script);
  return send(await envoy.port('http'), { ...message, headers: { 'x-tag': tag, 'x-script': text } });
}

const told = { callbacks: ['told'] };
/** The body sizes that a callback got. */
const sizes = (said: readonly string[]) =>
  said.flatMap((line) => line.match(/^on\w+Body\w* (\d+)/)?.[1] ?? []).map(Number);

describe.each(protocols)('over %s, with a paused message,', (_, send, limit) => {
  const fits = 'x'.repeat(limit - 100_000);
  const isTooMuch = 'x'.repeat(limit + mebibyte);

  it('a request body is buffered whole, up to the limit', async () => {
    const script = { ...told, onRequestBody: ['pause'], onRequestBodyEnd: ['requestBody.get 0 3'] };
    const { said } = await run(script, { body: fits }, {}, send);
    expect(sizes(said).at(-1)).toBe(fits.length);
    expect(said).toContain("'xxx'");
    expect(seen?.body.length).toBe(fits.length);
  });

  it('Envoy answers a request body above the limit with 413', async () => {
    const { headers } = await run({ onRequestBody: ['pause'] }, { body: isTooMuch }, {}, send);
    expect(headers[':status']).toBe(413);
    expect(seen).toBeUndefined();
  });

  it('a response body is buffered whole, up to the limit', async () => {
    const script = { ...told, onResponseBody: ['pause'], onResponseBodyEnd: ['responseBody.get 0 3'] };
    const { said, body } = await run(script, {}, { body: fits }, send);
    expect(sizes(said).at(-1)).toBe(fits.length);
    expect(said).toContain("'xxx'");
    expect(body.length).toBe(fits.length);
  });

  it('Envoy resets a response whose body exceeds the limit, after its headers', async () => {
    const script = { ...told, onResponseBody: ['pause'] };
    const { headers, body, reset, said } = await run(script, {}, { body: isTooMuch }, send);
    expect(headers[':status']).toBe(200);
    expect(body).toBe('');
    expect(reset).toBeGreaterThan(0);
    expect(Math.max(...sizes(said))).toBeLessThan(isTooMuch.length);
  });

  it('the limit does not apply while the headers are held back', async () => {
    const held = { onRequestHeaders: ['pause'], onTick: ['continueRequest'] };
    await run(held, { body: isTooMuch }, {}, send);
    expect(seen?.body.length).toBe(isTooMuch.length);
    const back = { onResponseHeaders: ['pause'], onTick: ['continueResponse'] };
    const { body } = await run(back, {}, { body: isTooMuch }, send);
    expect(body.length).toBe(isTooMuch.length);
  });

  it('a body that the filter makes too large is treated like one that arrived too large', async () => {
    const fill = `fill ${limit + mebibyte}`;
    const body = 'x'.repeat(100_000);
    const onRequest = { onRequestBody: ['pause'], onRequestBodyEnd: [`requestBody.${fill}`] };
    expect((await ask(onRequest, { body }, {}, send)).headers[':status']).toBe(413);
    const onResponse = { onResponseBody: ['pause'], onResponseBodyEnd: [`responseBody.${fill}`] };
    expect((await ask(onResponse, {}, { body }, send)).reset).toBeGreaterThan(0);
  });
});

describe.each([
  ['request', 'requestBody', 'onRequestBody', 'onRequestTrailers', true],
  ['response', 'responseBody', 'onResponseBody', 'onResponseTrailers', false],
] as const)('a %s body with trailers', (_, buffer, onBody, onTrailers, isRequest) => {
  const message = { body: 'sent', trailers };
  const operations = [`${buffer}.get`, `${buffer}.set new`, `${buffer}.get`];
  const pass = (script: Script) => (isRequest ? run(script, message) : run(script, {}, message));

  it('never signals the end of the stream', async () => {
    const { said } = await pass({ ...told });
    expect(said).toContain(`${onBody} 4 false`);
    expect(said).toContain(`${onTrailers} 1`);
    expect(said.filter((line) => line.startsWith(`${onBody} `) && line.endsWith('true'))).toEqual([]);
  });

  it('can be changed in the trailers callback if it was paused', async () => {
    const { said, body } = await pass({ [onBody]: ['pause'], [onTrailers]: operations });
    expect(said).toEqual(["'sent'", 'Ok', "'new'"]);
    expect(isRequest ? seen?.body : body).toBe('new');
  });

  it('cannot be read after it was passed on', async () => {
    const { said, body } = await pass({ [onTrailers]: operations });
    expect(said).toEqual(["''", 'BadArgument', "''"]);
    expect(isRequest ? seen?.body : body).toBe('sent');
  });
});

it('Envoy ignores the trailers of an HTTP/1 client', async () => {
  const { said } = await run(told, { body: 'sent', trailers }, {}, requestByHttp1);
  expect(said.filter((line) => line.startsWith('onRequestTrailers'))).toEqual([]);
  expect(said.findLast((line) => line.startsWith('onRequestBody'))).toMatch(/ true$/);
});

it('a body cannot be read or changed while its headers are held back', async () => {
  const operations = ['requestBody.get', 'requestBody.set x', 'continueRequest'];
  const { said } = await run({ onRequestHeaders: ['pause'], onTick: operations }, { body: 'sent' });
  expect(said).toEqual(['Ok', "''", 'BadArgument', 'Ok']);
  expect(seen?.body).toBe('sent');
});

describe('a response whose changed body does not match its content-length', () => {
  const answer = { body: 'abcdef', headers: { 'content-length': '6' } };
  const script = { onResponseBody: ['responseBody.set abc'] };

  // Envoy has finished: what is missing never comes.
  it('leaves an HTTP/1 client waiting for the rest', async () => {
    const { body, reset } = await run(script, {}, answer, (port, message) =>
      requestByHttp1(port, message, async (received) => {
        await waitForEnd(envoy, `${message.headers?.['x-tag']}`);
        await envoy.eventually(() => received() === 'abc');
      }),
    );
    expect({ body, reset }).toEqual({ body: 'abc', reset: 1 });
  });

  it('is reset for an HTTP/2 client', async () => {
    expect((await run(script, {}, answer)).reset).toBeGreaterThan(0);
  });

  it('is complete if the filter removes content-length', async () => {
    const removing = { ...script, onResponseHeaders: ['responseHeaders.remove content-length'] };
    for (const [, send] of protocols)
      expect(await run(removing, {}, answer, send)).toMatchObject({ body: 'abc', reset: 0 });
  });
});

describe('a local response', () => {
  const answer = 'sendLocalResponse 418 tea because';

  it("runs through the filter's response callbacks, which can change it", async () => {
    const script = {
      ...told,
      onRequestHeaders: [answer, 'pause'],
      onResponseHeaders: ['responseHeaders.get :status', 'responseHeaders.remove content-length'],
      onResponseBody: ['responseBody.get', 'responseBody.set coffee'],
    };
    const { said, body } = await run(script);
    expect(said.slice(2)).toEqual([
      ...['onResponseHeaders false', "'418'", 'Ok'],
      ...['onResponseBody 3 true', "'tea'", 'Ok', 'onDelete '],
    ]);
    expect(body).toBe('coffee');
  });

  it('runs through them if Envoy sent it, too', async () => {
    const script = { onRequestBody: ['pause'], onResponseHeaders: ['responseHeaders.get :status'] };
    const { said } = await run(script, { body: 'x'.repeat(2 * mebibyte) }, {}, requestByHttp1);
    expect(said).toEqual(["'413'"]);
  });

  it('does not run through them if a response callback sent it', async () => {
    const { said, body } = await run({ ...told, onResponseHeaders: [answer, 'pause'] }, {}, { body: 'sent' });
    expect(said.slice(1)).toEqual(['onResponseHeaders false', 'Ok', 'onDelete ']);
    expect(body).toBe('tea');
  });

  it('resets a response whose headers were already sent', async () => {
    const { headers, reset } = await run({ onResponseBody: [answer, 'pause'] }, {}, { body: 'sent' });
    expect(headers[':status']).toBe(200);
    expect(reset).toBeGreaterThan(0);
  });
});

// Many of these would crash Envoy otherwise.
describe.each(protocols)('over %s, a paused message that a tick', (_, send) => {
  const answer = 'sendLocalResponse 403 no because';

  /** Runs operations on a tick while a callback's part of a message is paused. Returns what they say. */
  async function settle(callback: string, operations: readonly string[]): Promise<readonly string[]> {
    const { tag, text } = writeScript({ [callback]: ['pause'], onTick: operations });
    response = { body: 'sent' };
    const message = { body: 'sent', headers: { 'x-tag': tag, 'x-script': text } };
    // Some get no answer.
    send(await envoy.port('http'), message).catch(() => {});
    const said = () => readSaid(envoy.log(), tag).filter((line) => line !== 'end');
    await envoy.eventually(() => said().length > operations.length);
    return said().slice(1);
  }

  it.each([
    ['onRequestHeaders', 'Request'],
    ['onRequestBody', 'Request'],
    ['onResponseHeaders', 'Response'],
    ['onResponseBody', 'Response'],
  ])(
    'has answered, continued or reset, in %s, cannot be answered, continued or reset again',
    async (callback, kind) => {
      const all = [answer, `continue${kind}`, `reset${kind}`];
      for (const first of all)
        for (const second of all)
          expect(await settle(callback, [first, second])).toEqual(['Ok', 'BadArgument']);
    },
  );

  it.each([
    ['onRequestBody', 'requestBody', 'Request'],
    ['onResponseBody', 'responseBody', 'Response'],
  ])('has made too large, in %s, has ended: every hostcall on it fails', async (callback, buffer, kind) => {
    const fill = `${buffer}.fill 20000000`;
    for (const next of [answer, `continue${kind}`, `reset${kind}`, fill, `${buffer}.append x`])
      expect(await settle(callback, [fill, next])).toEqual(['Ok', 'BadArgument']);
  });
});
