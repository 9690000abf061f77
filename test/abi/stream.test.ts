import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootstrap, cluster, tcpListener } from './bootstrap.ts';
import { Envoy } from './envoy.ts';
import { readSaid, type Script, waitForEnd, writeScript } from './scripted.ts';
import { Peer, startTcpServer } from './tcp.ts';

let envoy: Envoy;
let upstream: Awaited<ReturnType<typeof startTcpServer>>;

beforeAll(async () => {
  upstream = await startTcpServer();
  const module = 'stream';
  const onNew = writeScript({
    onNewConnection: ['getProperty source address', 'pause'],
    onTick: ['continueDownstream'],
  });
  const listeners = [
    tcpListener('tcp', { module }, 'upstream'),
    tcpListener('new', { module, name: 'new', configuration: onNew.text }, 'upstream'),
  ];
  envoy = await Envoy.start(
    bootstrap({ static_resources: { listeners, clusters: [cluster('upstream', [upstream.port], false)] } }),
  );
});
afterAll(async () => {
  upstream.stop();
  expect(await envoy.stop()).toEqual([]);
});

/** Connects a client that sends a script and then `payload`; `said` waits for the end of the connection. */
async function connect(script: Script, payload = '') {
  const { tag, text } = writeScript(script);
  const client = await Peer.connect(await envoy.port('tcp'));
  client.write(`${tag}\n${text}\n${payload}`);
  const server = await upstream.accept();
  const close = () => {
    client.destroy();
    server.destroy();
  };
  const said = async () => {
    close();
    return waitForEnd(envoy, tag);
  };
  return { client, server, said, tag };
}

/** Like `connect`, for scripts about upstream data: the upstream sends `payload` first. */
async function connectAndAnswer(script: Script, payload: string) {
  const connection = await connect(script, 'hello');
  await connection.server.receives('hello');
  connection.server.write(payload);
  return connection;
}

describe.each([
  ['from the client', 'downstreamData', 'onDownstreamData', connect, 'server'],
  ['from the upstream', 'upstreamData', 'onUpstreamData', connectAndAnswer, 'client'],
] as const)('bytes %s', (_, buffer, callback, start, receiver) => {
  const operate = (operations: readonly string[]) =>
    start(
      {
        [callback]: operations.map((operation) =>
          operation === 'pause' ? operation : `${buffer}.${operation}`,
        ),
      },
      'abcdef',
    );

  it('can be read whole, from an offset, and up to a length', async () => {
    const connection = await operate(['get', 'get 2', 'get 1 2', 'get 6', 'get 9']);
    await connection[receiver].receives('abcdef');
    expect((await connection.said()).slice(0, 5)).toEqual(["'abcdef'", "'cdef'", "'bc'", "''", "''"]);
  });

  it('can be replaced', async () => {
    const connection = await operate(['set new', 'get']);
    await connection[receiver].receives('new');
    expect((await connection.said()).slice(0, 2)).toEqual(['Ok', "'new'"]);
  });

  it('can be prepended and appended to', async () => {
    const connection = await operate(['prepend <', 'append >']);
    await connection[receiver].receives('<abcdef>');
    expect((await connection.said()).slice(0, 2)).toEqual(['Ok', 'Ok']);
  });

  it('can be dropped', async () => {
    const connection = await operate(['set _', 'get']);
    expect((await connection.said()).slice(0, 2)).toEqual(['Ok', "''"]);
    expect(connection[receiver].received).toBe('');
  });
});

it('bytes read as empty and cannot be changed outside their callbacks', async () => {
  const connection = await connectAndAnswer(
    {
      onDownstreamData: ['upstreamData.get', 'upstreamData.append x'],
      onUpstreamData: ['downstreamData.get', 'downstreamData.set x'],
    },
    'answer',
  );
  await connection.client.receives('answer');
  expect((await connection.said()).slice(0, 4)).toEqual(["''", 'BadArgument', "''", 'BadArgument']);
});

describe('a pause', () => {
  it('holds the bytes of a client until a root context continues the connection on a tick', async () => {
    const script = {
      onDownstreamData: ['pause'],
      onTick: ['downstreamData.get', 'downstreamData.append !', 'continueDownstream'],
    };
    const connection = await connect(script, 'held');
    await connection.server.receives('held!');
    expect(await connection.said()).toEqual(['Ok', "'held'", 'Ok', 'Ok']);
  });

  it('of an upstream ends only when more bytes arrive', async () => {
    const script = { callbacks: ['told'], onUpstreamData: ['pause'], onTick: ['continueUpstream'] };
    const connection = await connectAndAnswer(script, 'held');
    await envoy.eventually(() => readSaid(envoy.log(), connection.tag).includes('Unimplemented'));
    connection.server.write('more');
    await envoy.eventually(() => readSaid(envoy.log(), connection.tag).includes('onUpstreamData 8 false'));
    expect(connection.client.received).toBe('');
    await connection.said();
  });

  it('holds about 1 MiB, then Envoy stops reading', async () => {
    const connection = await connect({ callbacks: ['told'], onDownstreamData: ['pause'] });
    const sizes = () =>
      readSaid(envoy.log(), connection.tag).map((line) => Number(line.match(/^onDownstreamData (\d+)/)?.[1]));
    connection.client.write('x'.repeat(8 << 20));
    await envoy.eventually(() => Math.max(...sizes()) >= 1 << 20);
    await sleep(200);
    expect(Math.max(...sizes())).toBeLessThan(2 << 20);
    // Envoy does not notice that they close: there is no end to wait for.
    connection.client.destroy();
    connection.server.destroy();
  });

  it('presents the held bytes together with new ones', async () => {
    const connection = await connect({ callbacks: ['told'], onDownstreamData: ['pause'] }, 'held');
    await envoy.eventually(() => readSaid(envoy.log(), connection.tag).length > 0);
    connection.client.write('more');
    await envoy.eventually(() => readSaid(envoy.log(), connection.tag).includes('onDownstreamData 8 false'));
    expect(connection.server.received).toBe('');
    await connection.said();
  });
});

describe('a new connection', () => {
  it('can be paused, and continued by a root context', async () => {
    const client = await Peer.connect(await envoy.port('new'));
    const { port } = client.socket.address() as { port: number };
    await envoy.eventually(() => readSaid(envoy.log(), 'new').length === 3);
    expect(readSaid(envoy.log(), 'new')).toEqual([`'127.0.0.1:${port}'`, 'Ok', 'Ok']);
    const server = await upstream.accept();
    client.write('hello');
    await server.receives('hello');
    client.destroy();
    server.destroy();
  });
});

describe.each([['closeDownstream'], ['closeUpstream']])('%s', (operation) => {
  it('closes both connections, and what the client has sent is not passed on', async () => {
    const { client, server, said } = await connect(
      { callbacks: ['told'], onDownstreamData: [operation, 'pause'] },
      'denied',
    );
    await client.ends();
    await server.ends();
    expect([client.end, client.received, server.received]).toEqual(['ended', '', '']);
    expect((await said()).slice(1)).toEqual(['Ok', 'onDownstreamClose 1', 'onLog ']);
  });

  it('drops the bytes of the callback that calls it', async () => {
    const { client, server, said } = await connectAndAnswer({ onUpstreamData: [operation] }, 'last words');
    await client.ends();
    await server.ends();
    expect([client.end, client.received]).toEqual(['ended', '']);
    await said();
  });

  it('delivers to the client what was passed on before', async () => {
    const { client, server, said } = await connect({ onDownstreamEnd: [operation] }, 'hello');
    await server.receives('hello');
    const much = 'x'.repeat(200_000);
    client.socket.pause();
    server.write(much);
    client.socket.end();
    await server.ends();
    client.socket.resume();
    await client.receives(much);
    await said();
  });
});

describe('the callbacks of a connection', () => {
  it('report that the client has reset it', async () => {
    const { client, server, tag } = await connect(
      { callbacks: ['told'], onLog: ['getProperty source address'] },
      'hello',
    );
    const { port } = client.socket.address() as { port: number };
    await server.receives('hello');
    client.socket.resetAndDestroy();
    expect((await waitForEnd(envoy, tag)).slice(1)).toEqual([
      'onDownstreamClose 2',
      'onLog ',
      `'127.0.0.1:${port}'`,
    ]);
    server.destroy();
  });

  it('report that each side has stopped sending, and that the upstream has closed', async () => {
    const { client, server, tag } = await connect({ callbacks: ['told'] }, 'hello');
    await server.receives('hello');
    client.socket.end();
    await server.ends();
    server.write('bye');
    await client.receives('bye');
    server.socket.end();
    await client.ends();
    expect((await waitForEnd(envoy, tag)).slice(1)).toEqual([
      ...[
        'onDownstreamData 0 true',
        'onUpstreamData 3 false',
        'onUpstreamData 0 true',
        'onUpstreamClose 0',
        'onDownstreamClose 1',
        'onLog ',
      ],
    ]);
  });

  it('report that the upstream has reset it', async () => {
    const { client, server, tag } = await connect({ callbacks: ['told'] }, 'hello');
    await server.receives('hello');
    server.socket.resetAndDestroy();
    await client.ends();
    expect((await waitForEnd(envoy, tag)).slice(1)).toEqual(['onDownstreamClose 1', 'onLog ']);
    client.destroy();
  });
});

it('a connection can set and read a property', async () => {
  const connection = await connect(
    { onDownstreamData: ['setProperty mine 1', 'getProperty mine'], onLog: ['getProperty mine'] },
    'x',
  );
  await connection.server.receives('x');
  const said = await connection.said();
  expect([said[0], said[1], said.at(-1)]).toEqual(['Ok', "'1'", "'1'"]);
});
