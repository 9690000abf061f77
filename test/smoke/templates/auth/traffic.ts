import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { constants } from 'node:http2';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { withServer } from '../../../support/server.ts';
import { useRealUpstream } from '../../support/bootstrap.ts';
import { Client } from '../../support/client.ts';
import { after, all, type Change, type Deployment, type Project } from '../../support/project.ts';
import { eventually, expectNoReload, readMetric } from '../../support/stats.ts';
import { Http2Upstream, post, speakHttp2, withSession } from './http2.ts';
import { AuthService, deployAsking } from './service.ts';

/** More than Envoy buffers. */
const body = 'x'.repeat(5_000_000);

/** Changes of the bootstrap's HTTP connection manager. */
const inManager = (line: string) => after('use_remote_address: true\n', `          ${line}\n`);

/** Tests that no kind of traffic slips past the service or does harm. */
export function describeTraffic(project: () => Project): void {
  describe('over HTTP/2', () => describeHttp2(project));

  it('asks about a request that waits for 100-continue', async () => {
    const service = new AuthService();
    await deployAsking(project(), service, {}, async (deployment) => {
      for (const status of [200, 403]) {
        service.answer = (_, response) => response.writeHead(status).end();
        const expecting = request(deployment.url, { method: 'POST', headers: { expect: '100-continue' } });
        expecting.on('continue', () => expecting.end('body'));
        const [response] = await once(expecting, 'response');
        expect(response.statusCode).toBe(status);
        await text(response);
        expecting.destroy();
      }
      await expectCounts(deployment, [1, 1, 0]);
    });
  });

  it('lets an upgrade through, or refuses it, as the service says', async () => {
    const upstream = createServer();
    upstream.on('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 101 x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
      socket.pipe(socket);
    });
    const service = new AuthService();
    await withServer(upstream, (port) => {
      const change = all(useRealUpstream(port), inManager('upgrade_configs: [{ upgrade_type: websocket }]'));
      return deployAsking(project(), service, { change }, async (deployment) => {
        await expectUpgrade(deployment, '101 Switching Protocols', 'ping');
        service.answer = (_, response) => response.writeHead(401).end();
        await expectUpgrade(deployment, '401 Unauthorized', '');
        await expectCounts(deployment, [1, 1, 0]);
      });
    });
  });

  it('does nothing when a response comes after Envoy itself has answered', async () => {
    const service = new AuthService();
    const change = inManager('stream_idle_timeout: 0.2s');
    await deployAsking(project(), service, { change }, async (deployment) => {
      for (const status of [200, 403, 500]) {
        service.answer = (_, response) => setTimeout(() => response.writeHead(status).end(), 600);
        expect((await fetch(deployment.url)).status).toBe(504);
      }
      await sleep(600);
      service.answer = (_, response) => response.end();
      // On a busy machine, even this may take longer than the time-out.
      await eventually(async () => (await fetch(deployment.url)).status).toBe(200);
      await expectCounts(deployment, [1, 0, 0]);
    });
  });

  it('records how long the service takes in milliseconds, whatever it decides', async () => {
    const service = new AuthService();
    const statuses = [200, 403, 500];
    service.answer = (_, response) => {
      const status = statuses[service.questions.length - 1] ?? 0;
      // Longer than the default of `auth_timeout_ms`, so that the one that is configured must count.
      setTimeout(() => response.writeHead(status).end(), 1_200);
    };
    // Envoy merges the histograms of its threads then.
    const change: Change = (bootstrap) => `stats_flush_interval: 0.1s\n${bootstrap}`;
    await deployAsking(project(), service, { change }, async (deployment) => {
      await Promise.all(statuses.map(() => fetch(deployment.url)));
      const buckets = `${deployment.admin}/stats?histogram_buckets=cumulative&filter=wait_ms`;
      const read = async () => (await fetch(buckets)).text();
      await eventually(read).toMatch(/wait_ms: .*B1000\(\d+,0\) .*B30000\(\d+,3\)/);
      await expectCounts(deployment, [1, 1, 1]);
    });
  });

  it('passes on a refusal of a megabyte of any bytes', async () => {
    const service = new AuthService();
    const refusal = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => index % 256));
    const type = 'application/octet-stream';
    service.answer = (_, response) => response.writeHead(403, { 'content-type': type }).end(refusal);
    await deployAsking(project(), service, {}, async (deployment) => {
      const response = await fetch(deployment.url);
      expect(response.status).toBe(403);
      expect(response.headers.get('content-type')).toBe(type);
      expect(refusal.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
      await expectNoReload(deployment);
    });
  });
}

function describeHttp2(project: () => Project): void {
  it('holds the body and the trailers until the service has decided', async () => {
    const service = new AuthService();
    let allow = () => {};
    service.answer = (_, response) => {
      allow = () => response.end();
    };
    const upstream = new Http2Upstream();
    await withServer(upstream.server, (port) => {
      const change = all(useRealUpstream(port), speakHttp2);
      return deployAsking(project(), service, { change }, async (deployment) => {
        await withSession(deployment.port, async (session) => {
          const trailers = { 'x-sum': '1', 'x-auth-user': 'mallory', x_auth_user: 'mallory' };
          const stream = post(session, {}, body, trailers);
          await eventually(() => service.questions.length).toBe(1);
          await sleep(300);
          expect(upstream.requests).toEqual([]);
          allow();
          expect(await text(stream)).toBe('done');
          expect(upstream.requests).toEqual([{ length: body.length, trailers: { 'x-sum': '1' } }]);
        });
        await expectCounts(deployment, [1, 0, 0]);
      });
    });
  });

  it('refuses a body that is still being sent', async () => {
    const service = new AuthService();
    service.answer = (_, response) => response.writeHead(401).end('no');
    await deployAsking(project(), service, {}, async (deployment) => {
      await withSession(deployment.port, async (session) => {
        const stream = post(session, {}, body, {});
        const [headers] = await once(stream, 'response');
        expect(headers[':status']).toBe(401);
        expect(await text(stream)).toBe('no');
      });
      await expectCounts(deployment, [0, 1, 0]);
    });
  });

  it('serves the other requests of a connection when some are cancelled while they wait', async () => {
    const service = new AuthService();
    const waiting: (() => void)[] = [];
    service.answer = (_, response) => waiting.push(() => response.end());
    await deployAsking(project(), service, {}, async (deployment) => {
      await withSession(deployment.port, async (session) => {
        const streams = Array.from({ length: 10 }, () => post(session, {}, 'body', {}));
        await eventually(() => waiting.length).toBe(10);
        for (const stream of streams.slice(0, 5)) stream.close(constants.NGHTTP2_CANCEL);
        await eventually(() => readReset(deployment)).toBe(5);
        for (const answer of waiting) answer();
        const answers = await Promise.all(streams.slice(5).map((stream) => text(stream)));
        for (const answer of answers) expect(answer).toContain('"headers"');
      });
      await expectCounts(deployment, [5, 0, 0]);
    });
  });

  it('refuses CONNECT without a question', async () => {
    const service = new AuthService();
    await deployAsking(project(), service, { fields: { fail_open: true } }, async (deployment) => {
      await withSession(deployment.port, async (session) => {
        const stream = session.request({ ':method': 'CONNECT', ':authority': 'example.com:443' });
        const [headers] = await once(stream, 'response');
        expect(headers[':status']).toBe(403);
      });
      expect(service.questions).toEqual([]);
      await expectCounts(deployment, [0, 1, 0]);
    });
  });

  it('gives gRPC clients the status that corresponds', async () => {
    const service = new AuthService();
    service.answer = (_, response) => response.writeHead(401).end('no');
    await deployAsking(project(), service, {}, async (deployment) => {
      await withSession(deployment.port, async (session) => {
        const stream = post(session, { 'content-type': 'application/grpc', te: 'trailers' }, 'body', {});
        const [headers] = await once(stream, 'response');
        expect(headers).toMatchObject({ ':status': 200, 'grpc-status': '16', 'grpc-message': 'no' });
      });
      await expectCounts(deployment, [0, 1, 0]);
    });
  });
}

/** How many streams clients have reset. */
async function readReset({ admin }: Deployment): Promise<number> {
  const stats = await (await fetch(`${admin}/stats?filter=^http.ingress.downstream_rq_rx_reset$`)).text();
  return Number(stats.split(': ')[1]);
}

/** Asks for a WebSocket. Fails unless Envoy answers with this status and sends back what is sent then. */
async function expectUpgrade({ port }: Deployment, status: string, bytes: string): Promise<void> {
  const client = await Client.connect(port);
  client.send('GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
  const line = `HTTP/1.1 ${status}\r\n`;
  expect(String(await client.receive(line.length))).toBe(line);
  let head = '';
  while (!head.endsWith('\r\n\r\n')) head += await client.receive(1);
  client.send(bytes);
  expect(String(await client.receive(bytes.length))).toBe(bytes);
  client.close();
}

/** Fails unless so many requests have been allowed, denied and failed, and no VM has crashed. */
async function expectCounts(deployment: Deployment, counts: readonly number[]): Promise<void> {
  const names = ['allowed_total', 'denied_total', 'failed_total'];
  expect(await Promise.all(names.map((name) => readMetric(deployment, name)))).toEqual(counts);
  await expectNoReload(deployment);
}
