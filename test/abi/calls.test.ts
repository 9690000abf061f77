import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootstrap, cluster, httpFilter, httpListener, service, tcpListener } from './bootstrap.ts';
import { Envoy } from './envoy.ts';
import { startGrpcServer } from './grpc.ts';
import { type Message, request, requestMany, startUpstream } from './http.ts';
import { readSaid, runScript, type Script, waitForEnd, writeScript } from './scripted.ts';
import { Peer, startTcpServer } from './tcp.ts';

let envoy: Envoy;
let grpc: Awaited<ReturnType<typeof startGrpcServer>>;
/** The upstream of requests and of calls. */
let upstream: Awaited<ReturnType<typeof startUpstream>>;
let callee: Awaited<ReturnType<typeof startUpstream>>;
/** Accepts connections but does not send HTTP. */
let mute: Awaited<ReturnType<typeof startTcpServer>>;
let seen: Required<Message> | undefined;
/** The last request that the upstream got. */
let passed: Required<Message>;
let answerLate = () => {};

const needed = ':method=GET :path=/path :authority=host';
/** A call that is answered only after `answerLate` is called. */
const lateCall = 'httpCall callee 5000 _ :method=GET :path=/late :authority=host';

const say = async (script: Script, message?: Message) =>
  (await runScript(envoy, 'http', script, message)).said;
const root: Script = {
  onConfigure: ['setTickPeriod 50'],
  onTick: ['setTickPeriod 0', 'httpCall callee 1000 _ :method=GET :path=/root :authority=host'],
  onHttpCallResponse: ['getCallResponseBody', 'grpcCall grpc 1000 a.B Method message'],
  onGrpcMessage: ['getGrpcMessage'],
};

/** Makes requests wait for a tick. */
const ticking: Script = { onConfigure: ['setTickPeriod 20'] };

beforeAll(async () => {
  upstream = await startUpstream((message) => {
    passed = message;
    return { body: 'passed' };
  });
  callee = await startUpstream(async (message) => {
    // The service calls on every tick.
    if (message.headers[':path'] !== '/root') seen = message;
    if (message.headers[':path'] === '/late')
      await new Promise<void>((resolve) => {
        answerLate = resolve;
      });
    return { headers: { 'x-one': '1' }, body: 'called', trailers: { 'x-two': '2' } };
  });
  grpc = await startGrpcServer();
  mute = await startTcpServer();
  const gone = await startTcpServer();
  gone.stop();
  const listeners = [
    httpListener(
      'http',
      [httpFilter({ module: 'calls', configuration: writeScript(ticking).text })],
      'upstream',
    ),
    tcpListener('tcp', { module: 'calls', name: 'tcp', configuration: 'stream: yes' }, 'mute'),
  ];
  const clusters = [
    cluster('upstream', [upstream.port]),
    cluster('callee', [callee.port]),
    cluster('grpc', [grpc.port]),
    // Names that Envoy would read as Protobuf.
    cluster('inventory', [grpc.port]),
    cluster('empty', []),
    { ...cluster('full', [callee.port]), circuit_breakers: { thresholds: [{ max_requests: 0 }] } },
    { ...cluster('waiting', [callee.port]), circuit_breakers: { thresholds: [{ max_pending_requests: 0 }] } },
    cluster('x'.repeat(200), [grpc.port]),
    cluster('mute', [mute.port], false),
    cluster('gone', [gone.port]),
  ];
  const configuration = writeScript(root).text;
  envoy = await Envoy.start(
    bootstrap({
      static_resources: { listeners, clusters },
      bootstrap_extensions: [service({ module: 'calls', name: 'service', configuration })],
    }),
  );
});
afterAll(async () => {
  for (const server of [upstream, callee, grpc, mute]) server.stop();
  expect(await envoy.stop()).toEqual([]);
});

describe('an HTTP call', () => {
  it('sends headers and a body, and receives headers, body and trailers', async () => {
    const script = {
      onRequestHeaders: [`httpCall callee 1000 sent ${needed} x-three=3`, 'pause'],
      onHttpCallResponse: [
        ...[
          'callResponseHeaders.get :status',
          'callResponseHeaders.get x-one',
          'callResponseHeaders.get x-none',
        ],
        ...['getCallResponseBody', 'getCallResponseBody 3', 'callResponseTrailers.getAll', 'continueRequest'],
      ],
    };
    expect(await say(script)).toEqual([
      ...[
        'Ok',
        'onHttpCallResponse true true 6 1',
        "'200'",
        "'1'",
        'null',
        "'called'",
        "'cal'",
        "x-two='2'",
        'Ok',
      ],
    ]);
    expect(seen).toMatchObject({
      headers: { ':method': 'GET', ':path': '/path', ':authority': 'host', 'x-three': '3' },
      body: 'sent',
    });
  });

  it('makes its response available only in its callback', async () => {
    const operations = [
      'callResponseHeaders.get :status',
      'callResponseHeaders.getAll',
      'callResponseTrailers.getAll',
      'getCallResponseBody',
    ];
    expect(await say({ onRequestHeaders: operations })).toEqual(['null', '', '', "''"]);
  });

  it('calls back the request that made it, and hostcalls then apply to that request', async () => {
    const script = (name: string) => ({
      onRequestHeaders: [`httpCall callee 1000 _ ${needed}`, 'pause'],
      onHttpCallResponse: [
        `requestHeaders.set x-name ${name}`,
        'requestHeaders.get x-name',
        'sendLocalResponse',
      ],
    });
    const answers = await Promise.all(['a', 'b', 'c'].map((name) => runScript(envoy, 'http', script(name))));
    expect(answers.map(({ said, body }) => [...said.slice(1), body])).toEqual(
      ['a', 'b', 'c'].map((name) => ['onHttpCallResponse true true 6 1', 'Ok', `'${name}'`, 'Ok', 'no']),
    );
  });

  it('can change and continue a paused request', async () => {
    const script = {
      onRequestHeaders: [`httpCall callee 1000 _ ${needed}`, 'pause'],
      onHttpCallResponse: [
        'requestHeaders.get x-before',
        'requestHeaders.set x-after 2',
        'requestHeaders.remove x-before',
        'continueRequest',
      ],
    };
    const headers = { 'x-before': '1' };
    expect((await say(script, { headers })).slice(2)).toEqual(["'1'", 'Ok', 'Ok', 'Ok']);
    expect(passed.headers).toMatchObject({ 'x-after': '2' });
    expect(passed.headers).not.toHaveProperty('x-before');
  });

  it('that times out gets the status 504', async () => {
    const script = {
      onRequestHeaders: [`httpCall callee 50 _ :method=GET :path=/late :authority=host`, 'pause'],
      onHttpCallResponse: ['callResponseHeaders.get :status', 'continueRequest'],
    };
    expect((await say(script)).slice(2)).toEqual(["'504'", 'Ok']);
    answerLate();
  });

  it.each([
    ['an endpoint that refuses connections', 'gone'],
    ['a cluster with too many requests', 'full'],
  ])('to %s gets the status 503', async (_, cluster) => {
    const script = {
      onRequestHeaders: [`httpCall ${cluster} 1000 _ ${needed}`, 'pause'],
      onHttpCallResponse: ['callResponseHeaders.get :status', 'continueRequest'],
    };
    expect((await say(script)).slice(2)).toEqual(["'503'", 'Ok']);
  });

  it('can have no time-out, and does not send its trailers', async () => {
    const script = {
      onRequestHeaders: [`httpCall callee 0 _ ${needed} trailers x-four=4`, 'pause'],
      onHttpCallResponse: ['continueRequest'],
    };
    expect(await say(script)).toEqual(['Ok', 'onHttpCallResponse true true 6 1', 'Ok']);
    expect(seen?.trailers).toEqual({});
  });

  it.each([
    ['breaks off', 5000, (peer: Peer) => peer.destroy()],
    ['takes too long', 300, () => {}],
  ])('whose response %s has no response headers', async (_, timeout, spoil) => {
    const script = {
      onRequestHeaders: [`httpCall mute ${timeout} _ ${needed}`, 'pause'],
      onHttpCallResponse: ['callResponseHeaders.get :status', 'getCallResponseBody', 'continueRequest'],
    };
    const said = say(script);
    const peer = await mute.accept();
    await expect.poll(() => peer.received).toContain('GET /path');
    peer.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf');
    spoil(peer);
    expect(await said).toEqual(['Ok', 'onHttpCallResponse true false 0 0', 'null', "''", 'Ok']);
    peer.destroy();
  });

  it.each([
    ['BadArgument', 'there is no such cluster', `httpCall nowhere 1000 _ ${needed}`],
    ['BadArgument', ':method is missing', 'httpCall callee 1000 _ :path=/ :authority=host'],
    ['BadArgument', ':path is missing', 'httpCall callee 1000 _ :method=GET :authority=host'],
    ['BadArgument', ':authority is missing', 'httpCall callee 1000 _ :method=GET :path=/'],
    ['InternalFailure', 'too many requests wait for a connection', `httpCall waiting 1000 _ ${needed}`],
    ['InternalFailure', 'the cluster has no endpoint', `httpCall empty 1000 _ ${needed}`],
  ])('returns %s if %s, and makes no callback', async (status, _, operation) => {
    expect(await say({ onRequestHeaders: [operation] })).toEqual([status]);
  });

  it('makes no callback if the request has ended first', async () => {
    const { tag, text } = writeScript({ onRequestHeaders: [lateCall, 'sendLocalResponse', 'pause'] });
    seen = undefined;
    const { body } = await request(await envoy.port('http'), { headers: { 'x-tag': tag, 'x-script': text } });
    expect(body).toBe('no');
    expect(await waitForEnd(envoy, tag)).toEqual(['Ok', 'Ok']);
    await expect.poll(() => seen).toBeDefined();
    answerLate();
    // The next answer comes after this one.
    const script = {
      onRequestHeaders: [`httpCall callee 1000 _ ${needed}`, 'pause'],
      onHttpCallResponse: ['continueRequest'],
    };
    expect(await say(script)).toEqual(['Ok', 'onHttpCallResponse true true 6 1', 'Ok']);
    expect(readSaid(envoy.log(), tag)).toEqual(['Ok', 'Ok', 'end']);
  });

  it('can be made for a connection, and its callback can continue the connection', async () => {
    const { tag, text } = writeScript({
      onDownstreamData: [`httpCall callee 1000 _ ${needed}`, 'pause'],
      onHttpCallResponse: ['getCallResponseBody', 'continueDownstream'],
    });
    const client = await Peer.connect(await envoy.port('tcp'));
    client.write(`${tag}\n${text}\npayload`);
    const server = await mute.accept();
    await server.receives(`${tag}\n${text}\npayload`);
    client.destroy();
    server.destroy();
    expect(await waitForEnd(envoy, tag)).toEqual([
      'Ok',
      'onHttpCallResponse true true 6 1',
      "'called'",
      'Ok',
    ]);
  });
});

describe('a root context', () => {
  it('can make a call on behalf of a paused request, which receives the response', async () => {
    const script = {
      onRequestHeaders: ['pause'],
      onTick: [`httpCall callee 1000 _ ${needed}`],
      onHttpCallResponse: ['requestHeaders.set x-late 1', 'continueRequest'],
    };
    expect(await say(script)).toEqual(['Ok', 'onHttpCallResponse true true 6 1', 'Ok', 'Ok']);
  });

  it('receives the responses to the HTTP and gRPC calls that it makes on a tick', async () => {
    const said = await envoy.eventually(() => {
      const lines = readSaid(envoy.log(), 'service');
      return lines.at(-1)?.startsWith('onGrpcClose') && lines;
    });
    expect(said).toEqual([
      // The first is from the copy in which Envoy tries the configuration.
      ...['Ok', 'Ok', 'Ok', 'Ok', 'onHttpCallResponse true true 6 1', "'called'", 'Ok'],
      ...['onGrpcMessage true 10', "'re:message'", "''", 'onGrpcClose true 0'],
    ]);
  });
});

describe('a gRPC call', () => {
  it('sends metadata and a message, and receives the response, then the status', async () => {
    const script = {
      onRequestHeaders: ['grpcCall grpc 1000 a.B Method message x-meta=data', 'pause'],
      onGrpcMessage: ['getGrpcMessage', 'requestHeaders.get x-tag'],
      onGrpcClose: ['cancelGrpcCall', 'continueRequest'],
    };
    const [, , , tag, ...said] = await say(script);
    expect(tag).toMatch(/^'run\d+-'$/);
    expect(said).toEqual(["''", 'onGrpcClose true 0', 'NotFound', 'Ok']);
    expect(grpc.calls.at(-1)).toMatchObject({ path: '/a.B/Method', metadata: 'data', messages: ['message'] });
  });

  it.each([['inventory'], ['x'.repeat(200)]])('can be made to a cluster named %s', async (name) => {
    const script = {
      onRequestHeaders: [`grpcCall ${name} 1000 a.B Method message`, 'pause'],
      onGrpcClose: ['continueRequest'],
    };
    expect(await say(script)).toEqual(['Ok', 'onGrpcMessage true 10', "''", 'onGrpcClose true 0', 'Ok']);
  });

  it.each([
    ['from the server', 'Method fail', 1000, 7, 'not today'],
    ['for a reset', 'Method drop', 1000, 13, ''],
    ['for a time-out', 'Silent wait', 50, 14, 'upstream request timeout'],
    ['for a time-out after the initial headers', 'Method wait', 50, 13, 'response_timeout'],
  ])('that fails ends with the status and message %s', async (_, message, timeout, status, text) => {
    const script = {
      onRequestHeaders: [`grpcCall grpc ${timeout} a.B ${message}`, 'pause'],
      onGrpcClose: ['continueRequest'],
    };
    const said = await say(script);
    expect([said[1], said[2]]).toEqual([expect.stringMatching(`^'${text}`), `onGrpcClose true ${status}`]);
  });

  it('to an endpoint that refuses connections ends with status 14', async () => {
    const script = {
      onRequestHeaders: ['grpcCall gone 1000 a.B Method message', 'pause'],
      onGrpcClose: ['continueRequest'],
    };
    expect((await say(script)).at(-2)).toBe('onGrpcClose true 14');
  });

  it.each([['nowhere'], ['empty']])(
    'to the cluster %s returns InternalFailure, and makes no callback',
    async (name) => {
      const operations = [`grpcCall ${name} 1000 a.B Method message`, `openGrpcStream ${name} a.B Method`];
      expect(await say({ onRequestHeaders: operations })).toEqual(['InternalFailure', 'InternalFailure']);
    },
  );

  it('that is cancelled ends at once: the server sees a reset, and there is no callback', async () => {
    const script = {
      onRequestHeaders: ['grpcCall grpc 5000 a.B Method wait', `httpCall callee 1000 _ ${needed}`, 'pause'],
      onHttpCallResponse: ['continueRequest'],
    };
    const before = grpc.calls.length;
    const cancelled = {
      ...script,
      onRequestHeaders: ['grpcCall grpc 5000 a.B Method wait', 'cancelGrpcCall', 'cancelGrpcCall'],
    };
    expect(await say(cancelled)).toEqual(['Ok', 'Ok', 'NotFound']);
    expect(await say(script)).toEqual(['Ok', 'Ok', 'onHttpCallResponse true true 6 1', 'Ok']);
    expect(grpc.calls.slice(before).filter(({ end }) => end === 'ended')).toEqual([]);
  });

  it('makes no callback if the request has ended first', async () => {
    const { tag, text } = writeScript({
      onRequestHeaders: ['grpcCall grpc 100 a.B Method wait', 'sendLocalResponse', 'pause'],
    });
    await request(await envoy.port('http'), { headers: { 'x-tag': tag, 'x-script': text } });
    expect(await waitForEnd(envoy, tag)).toEqual(['Ok', 'Ok']);
    const script = {
      onRequestHeaders: ['grpcCall grpc 200 a.B Method wait', 'pause'],
      onGrpcClose: ['continueRequest'],
    };
    expect((await say(script)).at(-2)).toBe('onGrpcClose true 13');
    expect(readSaid(envoy.log(), tag)).toEqual(['Ok', 'Ok', 'end']);
  });
});

describe('a gRPC stream', () => {
  it('carries messages both ways, with initial and trailing metadata', async () => {
    const script = {
      onRequestHeaders: ['openGrpcStream grpc a.B Method x-meta=data', 'sendGrpcMessage one', 'pause'],
      onGrpcInitialMetadata: [
        'grpcInitialMetadata.get x-first',
        'grpcInitialMetadata.get x-none',
        'grpcTrailingMetadata.getAll',
      ],
      onGrpcMessage: ['getGrpcMessage', 'sendGrpcMessage two end'],
      onGrpcTrailingMetadata: ['grpcTrailingMetadata.get x-last', 'grpcInitialMetadata.getAll'],
      onGrpcClose: ['sendGrpcMessage three', 'continueRequest'],
    };
    const said = await say(script);
    expect(said.filter((line) => !line.startsWith('onGrpc'))).toEqual([
      ...[
        'Ok',
        'Ok',
        "'yes'",
        'null',
        '',
        "'re:one'",
        'Ok',
        "'re:two'",
        expect.any(String),
        "'yes'",
        '',
        expect.stringMatching("^'fine"),
        'NotFound',
        'Ok',
      ],
    ]);
    expect(said.filter((line) => line.startsWith('onGrpc')).map((line) => line.split(' ')[0])).toEqual([
      ...['onGrpcInitialMetadata', 'onGrpcMessage', 'onGrpcMessage', 'onGrpcTrailingMetadata', 'onGrpcClose'],
    ]);
    expect(grpc.calls.at(-1)).toMatchObject({ metadata: 'data', messages: ['one', 'two'], end: 'ended' });
  });

  it('that is closed ends with status 0', async () => {
    const script = {
      onRequestHeaders: ['openGrpcStream grpc a.B Method', 'sendGrpcMessage one', 'closeGrpcStream', 'pause'],
      onGrpcClose: ['closeGrpcStream', 'continueRequest'],
    };
    const said = await say(script);
    expect(said.slice(0, 3)).toEqual(['Ok', 'Ok', 'Ok']);
    expect(said.slice(-3)).toEqual(['onGrpcClose true 0', 'NotFound', 'Ok']);
  });

  it.each([
    ['fail', 7],
    ['drop', 13],
  ])('that ends with %s reports the status %i', async (message, status) => {
    const script = {
      onRequestHeaders: ['openGrpcStream grpc a.B Method', `sendGrpcMessage ${message}`, 'pause'],
      onGrpcClose: ['continueRequest'],
    };
    expect((await say(script)).at(-2)).toBe(`onGrpcClose true ${status}`);
  });

  it('that is cancelled takes no more messages', async () => {
    const script = {
      onRequestHeaders: [
        'openGrpcStream grpc a.B Method',
        'sendGrpcMessage wait',
        'cancelGrpcCall',
        'cancelGrpcCall',
        'sendGrpcMessage more',
        'closeGrpcStream',
      ],
    };
    expect(await say(script)).toEqual(['Ok', 'Ok', 'Ok', 'NotFound', 'NotFound', 'NotFound']);
  });

  it('that is cancelled is reset at the server', async () => {
    const script = {
      onRequestHeaders: ['openGrpcStream grpc a.B Method', 'sendGrpcMessage wait', 'pause'],
      onGrpcInitialMetadata: ['cancelGrpcCall', 'continueRequest'],
    };
    const before = grpc.calls.length;
    expect(await say(script)).toEqual([
      'Ok',
      'Ok',
      expect.stringMatching(/^onGrpcInitialMetadata/),
      'Ok',
      'Ok',
    ]);
    await expect.poll(() => grpc.calls[before]?.end).toBe('reset');
  });

  it('is required for sending messages: a unary call refuses them', async () => {
    const script = { onRequestHeaders: ['grpcCall grpc 1000 a.B Method message', 'sendGrpcMessage more'] };
    expect((await say(script)).slice(0, 2)).toEqual(['Ok', 'NotFound']);
  });

  it('is not opened if another call has failed in the same callback', async () => {
    // Envoy 1.40 would hang at the cluster `empty`.
    for (const failing of [
      'grpcCall empty 1000 a.B Method message',
      `httpCall empty 1000 _ ${needed}`,
      'openGrpcStream empty a.B Method',
    ]) {
      const script = {
        onRequestHeaders: [failing, 'openGrpcStream empty a.B Method', 'requestHeaders.get x-none'],
      };
      expect(await say(script)).toEqual(['InternalFailure', 'InternalFailure', 'null']);
    }
  });
});

it.each([
  [
    'HTTP calls',
    {
      onRequestHeaders: [`httpCall callee 1000 _ ${needed}`, 'pause'],
      onHttpCallResponse: ['continueRequest'],
    },
  ],
  [
    'gRPC calls',
    {
      onRequestHeaders: ['grpcCall grpc 1000 a.B Method message', 'pause'],
      onGrpcClose: ['continueRequest'],
    },
  ],
  [
    'gRPC streams',
    {
      onRequestHeaders: ['openGrpcStream grpc a.B Method', 'sendGrpcMessage fail', 'pause'],
      onGrpcClose: ['continueRequest'],
    },
  ],
])('3,000 requests with %s need no more memory than 1,000', async (_, script) => {
  const headers = { 'x-tag': '', 'x-script': writeScript(script).text };
  const port = await envoy.port('http');
  const memory = async () => (await say({ onRequestHeaders: ['memory'] }))[0];
  await requestMany(port, 1000, headers);
  const before = await memory();
  await requestMany(port, 2000, headers);
  expect(await memory()).toBe(before);
});
