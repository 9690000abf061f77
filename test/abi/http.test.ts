import { once } from 'node:events';
import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootstrap, cluster, httpFilter, httpListener } from './bootstrap.ts';
import { Envoy } from './envoy.ts';
import { type Answer, type Message, request, startUpstream } from './http.ts';
import { readAccess, readSaid, runScript, type Script, writeScript } from './scripted.ts';

let envoy: Envoy;
let upstream: Awaited<ReturnType<typeof startUpstream>>;
/** The last request that the upstream got, and its next answer. */
let seen: Required<Message>;
let response: Message = {};

/** Runs a script while a message passes the filter. */
async function run(script: Script, request: Message = {}, answer: Message = {}) {
  response = answer;
  return runScript(envoy, 'http', script, request);
}

/** Like `run`, but returns only what was said. */
async function say(script: Script, request?: Message, answer?: Message): Promise<readonly string[]> {
  return (await run(script, request, answer)).said;
}

const body = { body: 'sent' };
const trailers = { body: 'sent', trailers: { 'x-trailer': 'last' } };

beforeAll(async () => {
  upstream = await startUpstream((request) => {
    seen = request;
    return response;
  });
  const listeners = [httpListener('http', [httpFilter({ module: 'http' })], 'upstream')];
  const clusters = [cluster('upstream', [upstream.port])];
  envoy = await Envoy.start(bootstrap({ static_resources: { listeners, clusters } }));
});
afterAll(async () => {
  upstream.stop();
  expect(await envoy.stop()).toEqual([]);
});

describe.each([
  ['request headers', 'requestHeaders', 'onRequestHeaders', 'headers'],
  ['response headers', 'responseHeaders', 'onResponseHeaders', 'headers'],
  ['request trailers', 'requestTrailers', 'onRequestTrailers', 'trailers'],
  ['response trailers', 'responseTrailers', 'onResponseTrailers', 'trailers'],
] as const)('%s', (_, map, callback, part) => {
  const isRequest = map.startsWith('request');

  /** Runs operations on the map with these `entries`. Returns what was said, and the entries that arrived. */
  async function operate(
    operations: readonly string[],
    entries: Readonly<Record<string, string | string[]>>,
  ) {
    const script = { [callback]: operations.map((operation) => `${map}.${operation}`) };
    const message = { body: 'some', [part]: entries };
    const answer = isRequest ? await run(script, message) : await run(script, {}, message);
    const arrived: Answer | Required<Message> = isRequest ? seen : answer;
    return { said: answer.said, arrived: arrived[part] };
  }

  it('get returns the first value of a name in any case, no bytes for an empty one, null if there is none', async () => {
    const { said } = await operate(['get x-one', 'get x-two', 'get X-ONE', 'get x-empty', 'get x-none'], {
      'x-one': '1',
      'x-two': ['2', '3'],
      'x-empty': '',
    });
    expect(said).toEqual(["'1'", "'2'", "'1'", "''", 'null']);
  });

  it('getText returns a value as text, null if there is none', async () => {
    const { said } = await operate(['getText x-one', 'getText x-none'], { 'x-one': '1' });
    expect(said).toEqual(["'1'", 'null']);
  });

  it('set replaces all values of a name by one', async () => {
    const { said, arrived } = await operate(['set x-two 9', 'setText x-new 8', 'set x-empty _'], {
      'x-two': ['2', '3'],
    });
    expect(said).toEqual(['Ok', 'Ok', 'Ok']);
    expect(arrived).toMatchObject({ 'x-two': '9', 'x-new': '8', 'x-empty': '' });
  });

  it('add keeps the other values', async () => {
    const { said, arrived } = await operate(['add x-two 4', 'addText x-new 8', 'add x-new _'], {
      'x-two': ['2', '3'],
    });
    expect(said).toEqual(['Ok', 'Ok', 'Ok']);
    expect(arrived).toMatchObject({ 'x-two': '2, 3, 4', 'x-new': '8, ' });
  });

  it('remove removes all values, if there are any', async () => {
    const { said, arrived } = await operate(['remove x-two', 'remove x-none', 'get x-two'], {
      'x-two': ['2', '3'],
      'x-one': '1',
    });
    expect(said).toEqual(['Ok', 'Ok', 'null']);
    expect(arrived).toHaveProperty('x-one');
    expect(arrived).not.toHaveProperty('x-two');
  });

  it('getAll returns every entry, in order', async () => {
    const { said } = await operate(['getAll'], { 'x-one': '1', 'x-two': ['2', '3'], 'x-empty': '' });
    expect(said[0]).toMatch(/x-one='1' x-two='2' x-two='3' x-empty=''/);
  });

  it('setAll replaces all entries', async () => {
    const needed = {
      requestHeaders: ':method=GET :path=/ :scheme=http :authority=a x-forwarded-proto=http',
      responseHeaders: ':status=200',
    };
    const kept = part === 'headers' ? `${needed[map as keyof typeof needed]} x-tag=0 ` : '';
    const { said, arrived } = await operate([`setAll ${kept}x-new=8 x-more=9 x-more=`, 'get x-one'], {
      'x-one': '1',
    });
    expect(said).toEqual(['Ok', 'null']);
    expect(arrived).toMatchObject({ 'x-new': '8', 'x-more': '9, ' });
    expect(arrived).not.toHaveProperty('x-one');
  });

  it('reads as empty and cannot be changed outside its callbacks', async () => {
    const operations = [
      'get x-one',
      'getText x-one',
      'getAll',
      'set x-one 1',
      'add x-one 1',
      'remove x-one',
      'setAll x-one=1',
    ];
    const script = (name: string) => ({ [name]: operations.map((operation) => `${map}.${operation}`) });
    const expected = ['null', 'null', '', 'BadArgument', 'BadArgument', 'BadArgument', 'BadArgument'];
    const all = { ...trailers, headers: { 'x-one': '1' } };
    expect(await say(script('onDelete'), trailers, all)).toEqual(expected);
    if (map !== 'requestHeaders')
      expect(await say(script('onRequestHeaders'), trailers, all)).toEqual(expected);
    if (map !== 'responseTrailers')
      expect(await say(script('onResponseTrailers'), trailers, trailers)).toEqual(expected);
  });
});

describe('header names', () => {
  it('are ASCII: Envoy refuses others', async () => {
    const client = createConnection(await envoy.port('http'), '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nhost: a\r\nx-\xc3\xbc: 1\r\n\r\n', 'latin1');
    const [answer] = await once(client, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 400 /);
    client.destroy();
  });
});

describe('header values', () => {
  it('are bytes; what is not UTF-8 is replaced in text', async () => {
    const raw = { headers: { 'x-raw': '\xff\xfe', 'x-text': Buffer.from('grün').toString('latin1') } };
    const { said } = await run(
      {
        onRequestHeaders: [
          'requestHeaders.get x-raw',
          'requestHeaders.getText x-raw',
          'requestHeaders.getText x-text',
          'requestHeaders.resetAll',
        ],
      },
      raw,
    );
    expect(said).toEqual(['[255,254]', "'��'", "'grün'", 'Ok']);
    expect(seen.headers).toMatchObject(raw.headers);
  });

  it('are not validated: a line feed in one breaks the message', async () => {
    const { headers } = await run({ onRequestHeaders: ['requestHeaders.addLine x-one'] });
    expect(headers[':status']).not.toBe(200);
  });

  it('that Envoy needs must not be removed: without x-forwarded-proto, there is no route', async () => {
    const { headers } = await run({
      onRequestHeaders: ['requestHeaders.setAll :method=GET :path=/ :scheme=http :authority=a'],
    });
    expect(headers[':status']).toBe(404);
  });

  it('can still be read in onLog, but not changed', async () => {
    const maps = ['requestHeaders.get x-one', 'responseHeaders.get x-one', 'responseTrailers.get x-one'];
    const changes = ['requestHeaders.set x-one 2', 'responseHeaders.set x-one 2'];
    const one = { 'x-one': '1' };
    expect(
      await say({ onLog: [...maps, ...changes] }, { headers: one }, { headers: one, trailers: one }),
    ).toEqual(["'1'", "'1'", "'1'", 'BadArgument', 'BadArgument']);
  });
});

describe.each([
  ['a request body', 'requestBody', 'onRequestBody', true],
  ['a response body', 'responseBody', 'onResponseBody', false],
] as const)('%s', (_, buffer, callback, isRequest) => {
  /** Runs operations on the body. Returns what was said, and the body that arrived. */
  async function operate(operations: readonly string[], sent = 'abcdef') {
    const script = {
      [callback]: operations.map((operation) =>
        operation === 'pause' ? operation : `${buffer}.${operation}`,
      ),
    };
    const answer = isRequest ? await run(script, { body: sent }) : await run(script, {}, { body: sent });
    return { said: answer.said, arrived: isRequest ? seen.body : answer.body };
  }

  it('can be read whole, from an offset, and up to a length', async () => {
    const { said } = await operate(['get', 'get 2', 'get 1 2', 'get 4 9', 'get 6', 'get 7', 'get 0 0']);
    expect(said).toEqual(["'abcdef'", "'cdef'", "'bc'", "'ef'", "''", "''", "''"]);
  });

  it('can be replaced', async () => {
    expect(await operate(['set new', 'get'])).toEqual({ said: ['Ok', "'new'"], arrived: 'new' });
    expect(await operate(['set _', 'get'])).toEqual({ said: ['Ok', "''"], arrived: '' });
  });

  it('can be prepended and appended to', async () => {
    expect(await operate(['prepend <', 'append >', 'get'])).toEqual({
      said: ['Ok', 'Ok', "'<abcdef>'"],
      arrived: '<abcdef>',
    });
  });

  it('reads as empty and cannot be changed outside its callbacks', async () => {
    const operations = ['get', 'set x', 'prepend x', 'append x'].map((operation) => `${buffer}.${operation}`);
    expect(await say({ onRequestHeaders: operations, onLog: operations }, body, body)).toEqual([
      ...["''", 'BadArgument', 'BadArgument', 'BadArgument'],
      ...["''", 'BadArgument', 'BadArgument', 'BadArgument'],
    ]);
  });
});

describe('callbacks', () => {
  it('run in order, with sizes, counts and the end of the stream', async () => {
    expect(
      await say({ callbacks: ['told'] }, trailers, { body: 'answer', trailers: { a: '1', b: '2' } }),
    ).toEqual([
      'onRequestHeaders true false',
      'onRequestBody 4 false',
      'onRequestTrailers 1',
      'onResponseHeaders false',
      'onResponseBody 6 false',
      'onResponseTrailers 2',
      'onDelete ',
    ]);
  });

  it('get the end of the stream with the body', async () => {
    const said = await say({ callbacks: ['told'] }, body, body);
    const expected = [
      'onRequestHeaders true false',
      'onRequestBody',
      'onResponseHeaders false',
      'onResponseBody',
    ];
    for (const start of expected) expect(said).toContainEqual(expect.stringContaining(start));
    // The end of the stream may come separately.
    expect(said.findLast((line) => line.startsWith('onRequestBody'))).toMatch(/ true$/);
    expect(said.findLast((line) => line.startsWith('onResponseBody'))).toMatch(/ true$/);
  });

  it('get the end of the stream with the headers if there is no body', async () => {
    expect(await say({ callbacks: ['told'] })).toEqual([
      'onRequestHeaders true true',
      'onResponseHeaders true',
      'onDelete ',
    ]);
  });
});

describe('a local response', () => {
  it('has the given status, body, headers and details', async () => {
    const operation = 'sendLocalResponse 418 tea because x-one=1 x-one=2';
    const answer = await run({ onRequestHeaders: [operation, 'pause'] });
    expect(answer).toMatchObject({ said: ['Ok'], body: 'tea', headers: { ':status': 418, 'x-one': '1, 2' } });
    expect(await readAccess(envoy, answer.tag)).toBe('418 because -');
  });

  it('needs neither body nor headers', async () => {
    const { said, headers, body } = await run({ onRequestHeaders: ['plainLocalResponse 403', 'pause'] });
    expect({ said, body }).toEqual({ said: ['Ok'], body: '' });
    expect(headers[':status']).toBe(403);
  });

  it('replaces a response whose headers have arrived', async () => {
    const operation = 'sendLocalResponse 500 late because';
    const answer = await run({ onResponseHeaders: [operation, 'pause'] }, {}, { body: 'the upstream' });
    expect(answer).toMatchObject({ said: ['Ok'], body: 'late', headers: { ':status': 500 } });
  });

  it.each([199, 204, 304])(
    'is not validated: the status %d with a body returns Ok and breaks the response',
    async (status) => {
      const answer = await run({ onRequestHeaders: [`sendLocalResponse ${status} tea because`, 'pause'] });
      expect(answer).toMatchObject({ said: ['Ok'], body: '' });
      expect(answer.reset).toBeGreaterThan(0);
    },
  );

  it.each([204, 304])('can have the status %d without a body', async (status) => {
    const { headers, reset } = await run({ onRequestHeaders: [`plainLocalResponse ${status}`, 'pause'] });
    expect({ status: headers[':status'], reset }).toEqual({ status, reset: 0 });
  });

  it('can be sent only once', async () => {
    const operations = [
      'sendLocalResponse 418 first because',
      'sendLocalResponse 419 second because',
      'pause',
    ];
    expect(await run({ onRequestHeaders: operations })).toMatchObject({
      said: ['Ok', 'BadArgument'],
      body: 'first',
    });
  });

  it('is not affected by the rest of the request body', async () => {
    const operations = ['sendLocalResponse 418 tea because', 'pause'];
    expect(await run({ onRequestBody: operations }, body)).toMatchObject({ said: ['Ok'], body: 'tea' });
  });
});

describe('a paused message', () => {
  it('can be continued by a root context on a tick', async () => {
    const script = {
      onRequestHeaders: ['pause'],
      onTick: ['requestHeaders.set x-late 1', 'continueRequest', 'requestHeaders.get x-late'],
    };
    expect(await say(script, body)).toEqual(['Ok', 'Ok', 'Ok', 'null']);
    expect(seen).toMatchObject({ headers: { 'x-late': '1' }, body: 'sent' });
  });

  it('can be continued if it is a response', async () => {
    const script = {
      onResponseHeaders: ['pause'],
      onTick: ['responseHeaders.set x-late 1', 'continueResponse'],
    };
    expect(await run(script, {}, body)).toMatchObject({
      said: ['Ok', 'Ok', 'Ok'],
      headers: { 'x-late': '1' },
      body: 'sent',
    });
  });

  it('can be continued from its body', async () => {
    const script = {
      onRequestBody: ['pause'],
      onTick: ['requestBody.get', 'requestBody.append !', 'continueRequest'],
    };
    expect(await say(script, body)).toEqual(['Ok', "'sent'", 'Ok', 'Ok']);
    expect(seen.body).toBe('sent!');
  });

  it('can be continued from its trailers, as request and as response', async () => {
    const script = {
      onRequestTrailers: ['pause'],
      onTick: ['requestTrailers.set x-late 1', 'continueRequest'],
    };
    expect(await say(script, trailers)).toEqual(['Ok', 'Ok', 'Ok']);
    expect(seen.trailers).toMatchObject({ 'x-late': '1' });
    const back = {
      onResponseTrailers: ['pause'],
      onTick: ['responseTrailers.set x-late 1', 'continueResponse'],
    };
    expect(await run(back, {}, trailers)).toMatchObject({
      said: ['Ok', 'Ok', 'Ok'],
      trailers: { 'x-late': '1' },
    });
  });

  it('that has ended cannot be the effective context: BadArgument', async () => {
    const { tag, text } = writeScript({
      onRequestHeaders: ['resetRequest', 'pause'],
      onTick: ['requestHeaders.get x-tag'],
    });
    await request(await envoy.port('http'), { headers: { 'x-tag': tag, 'x-script': text } });
    await envoy.eventually(() => readSaid(envoy.log(), tag).length === 4);
    expect(readSaid(envoy.log(), tag)).toEqual(['Ok', 'end', 'BadArgument', 'null']);
  });

  it('can be answered with a local response', async () => {
    const script = { onRequestHeaders: ['pause'], onTick: ['sendLocalResponse 403 no because'] };
    expect(await run(script)).toMatchObject({ said: ['Ok', 'Ok'], body: 'no', headers: { ':status': 403 } });
  });
});

describe('a reset', () => {
  it('drops a request without a response', async () => {
    const answer = await run({ onRequestHeaders: ['resetRequest', 'pause'] });
    expect(answer).toMatchObject({ said: ['Ok'], headers: {}, body: '' });
    expect(answer.reset).toBeGreaterThan(0);
    expect(await readAccess(envoy, answer.tag)).toBe('0 wasm_close_stream -');
  });

  it('drops a response', async () => {
    const answer = await run({ onResponseHeaders: ['resetResponse', 'pause'] }, {}, body);
    expect(answer).toMatchObject({ said: ['Ok'], body: '' });
    expect(answer.reset).toBeGreaterThan(0);
  });
});

describe('a property', () => {
  it('is text, a number of eight bytes or a boolean of one byte', async () => {
    const said = await say({
      onRequestHeaders: [
        'getProperty request method',
        'getProperty connection mtls',
        'getProperty request total_size',
        'getProperty plugin_root_id',
        'getProperty plugin_vm_id',
      ],
    });
    expect(said.slice(0, 2)).toEqual(["'GET'", "'\0'"]);
    expect(said.slice(3)).toEqual(["'http'", "'http'"]);
    const [time = ''] = await say({ onRequestHeaders: ['getProperty request time'] });
    const nanoseconds = Buffer.from(JSON.parse(time)).readBigUInt64LE();
    expect(Math.abs(Number(nanoseconds / 1_000_000n) - Date.now())).toBeLessThan(60_000);
  });

  it('is null if it does not exist, or not yet', async () => {
    expect(
      await say({
        onRequestHeaders: ['getProperty nope', 'getProperty response code'],
        onLog: ['getProperty response code'],
      }),
    ).toEqual(['null', 'null', '[200,0,0,0,0,0,0,0]']);
  });

  it('that the filter has set can be read by its name, and in the access log', async () => {
    const { said, tag } = await run({
      onRequestHeaders: [
        'getProperty mine',
        'setProperty mine value',
        'getProperty mine',
        'setProperty empty _',
        'getProperty empty',
      ],
      onResponseHeaders: ['getProperty mine', 'setProperty mine other'],
      onLog: ['getProperty mine'],
    });
    expect(said).toEqual(['null', 'Ok', "'value'", 'Ok', "''", "'value'", 'Ok', "'other'"]);
    expect(await readAccess(envoy, tag)).toBe('200 via_upstream other');
  });
});
