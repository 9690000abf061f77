import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client } from '../support/client.ts';
import { fuzz } from '../support/fuzz.ts';
import { all, type Change, type Deployment, deployOnce, type Project } from '../support/project.ts';
import { eventually, type Failures, readFailures, readStat } from '../support/stats.ts';
import { useHostileUpstream } from './bootstrap.ts';
import { breakOffHeaders, clientBreaks, leaveBeforeEnd, leaveHttp2, upstreamBreaks } from './breaks.ts';
import { connectHttp1, connectHttp2, type HttpClient } from './clients.ts';
import { Exchanger, type Needs } from './exchange.ts';
import { type RandomExchange, randomExchanges } from './random-exchanges.ts';
import { Upstream } from './upstream.ts';

/** Fails unless the filter withstands hostile requests and upstreams. */
export function describeHostility(
  project: () => Project,
  { change = (text) => text, ...needs }: Needs & Readonly<{ change?: Change }> = {},
): void {
  describe('under hostile requests and upstreams', () => {
    let upstream: Upstream;
    let exchanger: Exchanger;
    let http1: HttpClient;
    let http2: HttpClient;

    const deployment = deployOnce(project, async (start) => {
      upstream = await Upstream.start();
      exchanger = new Exchanger(upstream, needs);
      const started = await project().withBootstrap(all(change, useHostileUpstream(upstream.port)), () =>
        start(),
      );
      http1 = connectHttp1(started.port);
      http2 = connectHttp2(started.port);
      return started;
    });
    afterAll(() => {
      http1.close();
      http2.close();
      upstream.stop();
    });
    let failures: Failures;
    beforeEach(async () => {
      failures = await readFailures(deployment());
    });
    afterEach(async () => expect(await readFailures(deployment())).toEqual(failures));

    describe.each([
      ['HTTP/1', () => http1],
      ['HTTP/2', () => http2],
    ])('over %s', (_, client) => {
      it('passes every byte that HTTP allows in headers, bodies and trailers', async () => {
        const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
        const legal = [9, ...everyByte.filter((byte) => byte >= 0x20 && byte !== 0x7f)];
        const message = {
          headers: legal
            .map((byte) => [`x-byte-${byte}`, `a${String.fromCharCode(byte)}z`] as const)
            .slice(0, 80),
          body: [everyByte],
          trailers: [['x-bytes', `a${Buffer.from(legal).toString('latin1')}z`]] as const,
        };
        await exchanger.exchange(client(), message, message);
        const all = { headers: [['x-bytes', `a${Buffer.from(legal).toString('latin1')}z`]] as const };
        await exchanger.exchange(client(), all, all);
      });

      it('passes huge and many headers, and survives those that Envoy refuses', async () => {
        const huge = { headers: [['x-huge', 'x'.repeat(50_000)]] as const };
        const many = (count: number) => ({
          headers: Array.from({ length: count }, (_, number) => [`x-${number}`, '\xff'] as const),
        });
        await exchanger.exchange(client(), huge, huge);
        await exchanger.exchange(client(), many(80), many(80));
        await exchanger.expectBroken(client(), () => {}, many(200));
        await exchanger.expectBroken(client(), (_, response) => {
          response.writeHead(200, Object.fromEntries(many(200).headers)).end('x');
        });
        await exchanger.exchange(client(), {});
      });

      it('passes bodies of many sizes, and trailers without a body', async () => {
        for (const size of [0, 1, 16_384, 65_537, 3_000_000]) {
          const body = [Buffer.alloc(size, '\xff\0x', 'latin1')].filter(({ length }) => length > 0);
          for (const trailers of [[], [['x-end', 'z']] as const]) {
            await exchanger.exchange(client(), { body, trailers }, { body, trailers });
          }
        }
      });

      it('waits for a slow upstream, and passes what comes byte by byte', async () => {
        const answers = Array.from({ length: 20 }, async (_, number) => {
          const expected = `answer ${number}`;
          const { body } = await exchanger.ask(client(), async (_, response) => {
            await sleep(200);
            response.writeHead(200, { 'content-type': 'application/octet-stream' });
            for (const byte of Buffer.from(expected)) {
              response.write(Buffer.of(byte));
              await sleep(2);
            }
            response.end();
          });
          expect(body.toString()).toBe(expected);
        });
        await Promise.all(answers);
      });

      it.each(Object.entries(upstreamBreaks))('survives an upstream that %s', async (_, breakOff) => {
        const breaks = Array.from({ length: 20 }, () =>
          exchanger.expectBroken(client(), (_, response) => breakOff(response)),
        );
        await Promise.all(breaks);
        await expectIdle(deployment());
        await exchanger.exchange(client(), {});
      });
    });

    it('survives an upstream that breaks off amid the headers', async () => {
      await exchanger.expectBroken(http1, (_, response) => breakOffHeaders(response));
      await exchanger.exchange(http1, {});
    });

    it('takes a request byte by byte, and others in one piece', async () => {
      const send = async (give: (client: Client, request: string) => unknown) => {
        const client = await Client.connect(deployment().port);
        const headers = () =>
          exchanger.lines(async (request, response) => {
            response.writeHead(200, { 'content-type': 'application/octet-stream' });
            response.end(`got ${await text(request)}`);
          });
        const chunks = 'transfer-encoding: chunked\r\n\r\n1\r\na\r\n8\r\nbcdefghi\r\n0\r\nx-end: z\r\n\r\n';
        const first = `POST / HTTP/1.1\r\nhost: x\r\n${headers()}${chunks}`;
        const last = `POST / HTTP/1.1\r\nhost: x\r\n${headers()}connection: close\r\ncontent-length: 1\r\n\r\nd`;
        await give(client, first + last);
        const received = (await client.receiveAll()).toString();
        client.close();
        expect(received).toMatch(/^HTTP\/1.1 200 OK.*got abcdefghi.*HTTP\/1.1 200 OK.*got d/s);
      };
      await Promise.all(
        Array.from({ length: 20 }, () => send((client, request) => client.sendSplit(request, 1))),
      );
      await send((client, request) => client.send(request));
    });

    it.each(clientBreaks)('survives a client that $name', async ({ go, begin }) => {
      const breaks = Array.from({ length: 20 }, async () => {
        const client = await Client.connect(deployment().port);
        client.send(begin(exchanger.lines(() => {})));
        go(client);
        await client.receiveAll().catch(() => {});
        client.close();
      });
      await Promise.all(breaks);
      await expectIdle(deployment());
      await exchanger.exchange(http1, {});
    });

    it.each([true, false])(
      'survives clients that leave amid a request or response (early: %s)',
      async (isEarly) => {
        const leave = () => [
          leaveBeforeEnd(exchanger, deployment().port, !isEarly),
          leaveHttp2(exchanger, deployment().port, isEarly),
        ];
        await Promise.all(Array.from({ length: 20 }, leave).flat());
        await expectIdle(deployment());
        await exchanger.exchange(http1, {});
        await exchanger.exchange(http2, {});
      },
    );

    it('answers what is not HTTP, and a request that turns out to be none', async () => {
      const begun = `POST / HTTP/1.1\r\nhost: x\r\n${exchanger.lines(() => {})}transfer-encoding: chunked\r\n\r\n`;
      const garbage = [
        '\0\xff\r\n\r\n',
        'GET / HTTP/1.1\r\nhost: x\r\nx-bad: a\0b\r\n\r\n',
        `${begun}zz\r\n`,
      ];
      const answers = garbage.map(async (bytes) => {
        const client = await Client.connect(deployment().port);
        client.send(Buffer.from(bytes, 'latin1'));
        expect((await client.receiveAll()).toString()).toMatch(/^HTTP\/1.1 400 /);
        client.close();
      });
      await Promise.all(answers);
      await expectIdle(deployment());
    });

    it('serves 20 connections at once, each with its own answers', async () => {
      const connections = Array.from({ length: 20 }, async (_, number) => {
        const client = (number % 2 === 0 ? connectHttp1 : connectHttp2)(deployment().port);
        for (let count = 0; count < 20; count++) {
          const body = [Buffer.from(`${number} ${count}`)];
          const message = { body, headers: [['x-number', `${number} ${count}`]] as const };
          await exchanger.exchange(client, message, message);
        }
        client.close();
      });
      await Promise.all(connections);
    });

    it('handles 10,000 random exchanges correctly, without a crash or a leak', async () => {
      const probe = ({ isHttp2, request, answer }: RandomExchange) =>
        exchanger.exchange(isHttp2 ? http2 : http1, request, answer);
      await fuzz({ deployment: deployment(), inputs: randomExchanges, width: 16, probe });
    });
  });
}

/** Waits until Envoy has no request in progress: none that hangs. */
async function expectIdle(deployment: Deployment): Promise<void> {
  for (const name of ['http.ingress.downstream_rq_active', 'cluster.upstream.upstream_rq_active']) {
    await eventually(() => readStat(deployment, name), name).toBe(0);
  }
}
