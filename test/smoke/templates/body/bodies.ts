import { describe, expect, it } from 'vitest';
import { readMemory } from '../../support/memory.ts';
import type { Deployment, Project } from '../../support/project.ts';
import { expectNoReload, readMetric } from '../../support/stats.ts';
import { type Answer, type Answers, exchange, withHttp1, withHttp2 } from './exchange.ts';

const json = { 'content-type': 'application/json' };
const secret = '{"id": 1.0, "password": "x", "list": [{"token": [1, {"a": null}]}]}';
const redacted = '{"id": 1.0, "password": "[redacted]", "list": [{"token": "[redacted]"}]}';
const configuration = '{"redact": ["password", "token"], "max_bytes": 8388608}';

/** Bodies of 5 MB, which Envoy's buffer does not hold. */
const padding = 'y'.repeat(5_000_000);
const largeSecret = `[${secret}, "${padding}"]`;
const largeRedacted = `[${redacted}, "${padding}"]`;

const lengthOf = (body: string) => ({ ...json, 'content-length': `${Buffer.byteLength(body)}` });

/** Tests what becomes of bodies, however they come. */
export function describeBodies(project: () => Project): void {
  describe.each([
    ['HTTP/1.1', withHttp1],
    ['HTTP/2', withHttp2],
  ])('with an upstream that speaks %s', (protocol, withUpstream) => {
    it('redacts a body that comes at once, byte by byte, or is larger than any buffer', async () => {
      await withUpstream(project(), configuration, async (deployment, answers) => {
        for (const answer of [
          { headers: json, pieces: [secret] },
          { headers: lengthOf(secret), pieces: [secret] },
          { headers: json, pieces: [...secret], pause: 1 },
          { headers: lengthOf(secret), pieces: [...secret], pause: 1 },
        ]) {
          const { status, headers, body, error } = await exchange(deployment, answers, answer);
          expect({ status, body: body.toString(), error }).toEqual({ status: 200, body: redacted });
          expect(headers).not.toHaveProperty('content-length');
        }
        for (const headers of [json, lengthOf(largeSecret)]) {
          for (const pieces of [[largeSecret], [largeSecret.slice(0, 9), largeSecret.slice(9)]]) {
            const { body } = await exchange(deployment, answers, { headers, pieces, pause: 20 });
            expect(body.equals(Buffer.from(largeRedacted))).toBe(true);
          }
        }
        expect(await readMetric(deployment, 'changed_total')).toBe(8);
        await expectNoReload(deployment);
      });
    });

    it('passes what is not JSON, cannot be changed or has no body, byte for byte', async () => {
      await withUpstream(project(), configuration, async (deployment, answers) => {
        for (const [metric, answer] of untouched) {
          const count = async () => (metric === undefined ? 0 : await readMetric(deployment, metric));
          const [before, etag] = [await count(), { etag: '"1"' }];
          const headers = { ...etag, ...answer.headers };
          const received = await exchange(deployment, answers, { ...answer, headers });
          const expected = Buffer.concat(answer.pieces.map((piece) => Buffer.from(piece)));
          expect(received.body.toString('latin1')).toBe(expected.toString('latin1'));
          expect(received.error).toBeUndefined();
          if (metric !== 'invalid_total' && expected.length > 0) expect(received.headers).toMatchObject(etag);
          expect(await count()).toBe(before + Number(metric !== undefined));
        }
        expect(await readMetric(deployment, 'changed_total')).toBe(0);
        await expectNoReload(deployment);
      });
    });

    it('leaves the headers of a response to HEAD', async () => {
      await withUpstream(project(), configuration, async (deployment, answers) => {
        const headers = { ...lengthOf(secret), etag: '"1"' };
        const answer = { headers, pieces: protocol === 'HTTP/2' ? [] : [secret] };
        const received = await exchange(deployment, answers, answer, { method: 'HEAD' });
        expect(received.headers).toMatchObject(headers);
      });
    });

    it('refuses an oversize body with 502 if its length is known, and breaks it off otherwise', async () => {
      await withUpstream(project(), '{"max_bytes": 50}', async (deployment, answers) => {
        const known = await exchange(deployment, answers, { headers: lengthOf(secret), pieces: [secret] });
        expect(known).toMatchObject({ status: 502, error: undefined });
        expect(known.body.toString()).toBe('the response is too large to be redacted\n');
        for (const pieces of [[secret], [...secret]]) {
          const unknown = await exchange(deployment, answers, { headers: json, pieces, pause: 1 });
          expect(unknown).toMatchObject({ status: 200, body: Buffer.alloc(0), error: 'ECONNRESET' });
        }
        expect(await readMetric(deployment, 'oversize_total')).toBe(3);
        await expectNoReload(deployment);
      });
    });

    it('passes an oversize body if configured', async () => {
      await withUpstream(project(), '{"max_bytes": 50, "oversize": "pass"}', async (deployment, answers) => {
        for (const headers of [lengthOf(secret), json]) {
          for (const pieces of [[secret], [...secret]]) {
            const { body } = await exchange(deployment, answers, { headers, pieces, pause: 1 });
            expect(body.toString()).toBe(secret);
          }
        }
        const before = await readMemory(deployment);
        await exchangeLarge(deployment, answers, largeSecret);
        expect((await readMemory(deployment)) - before, 'MB').toBeLessThan(40);
        expect(await readMetric(deployment, 'oversize_total')).toBe(24);
        expect(await readMetric(deployment, 'changed_total')).toBe(0);
      });
    });

    it('keeps no body that it has sent', async () => {
      await withUpstream(project(), configuration, async (deployment, answers) => {
        const exchangeTimes = async (times: number) => {
          for (let count = 0; count < times; count++) {
            await exchange(deployment, answers, { headers: json, pieces: [largeSecret] });
          }
        };
        await exchangeTimes(5);
        const before = await readMemory(deployment);
        await exchangeTimes(8);
        // Eight bodies would be 40.
        expect((await readMemory(deployment)) - before, 'MB').toBeLessThan(20);
      });
    });

    it('redacts 20 large bodies at once, in three times `max_bytes` for each', async () => {
      await withUpstream(project(), configuration, async (deployment, answers) => {
        const before = await readMemory(deployment);
        await exchangeLarge(deployment, answers, largeRedacted);
        expect((await readMemory(deployment)) - before, 'MB').toBeLessThan(20 * 3 * 8.4);
        await expectNoReload(deployment);
      });
    });
  });

  it('redacts a body that ends in trailers', async () => {
    await withHttp2(project(), configuration, async (deployment, answers) => {
      const trailers = { 'x-checksum': '1' };
      for (const [pieces, expected] of [
        [[secret], redacted],
        [[...secret], redacted],
        [[], ''],
        [[largeSecret], largeRedacted],
        [[`${largeSecret} `, '\n'], `${largeRedacted} \n`],
        // Invalid JSON that Envoy's buffer can hold until the trailers come.
        [[secret, 'x'], `${secret}x`],
        [[secret.slice(0, -1)], secret.slice(0, -1)],
      ] as const) {
        const answer: Answer = { headers: json, pieces, trailers, pause: 1 };
        const { body, error } = await exchange(deployment, answers, answer);
        expect(error).toBeUndefined();
        expect(body.equals(Buffer.from(expected))).toBe(true);
      }
      await expectNoReload(deployment);
    });
  });

  it('breaks off a large body that turns out to be invalid after it was redacted, or before trailers', async () => {
    await withHttp2(project(), configuration, async (deployment, answers) => {
      for (const [pieces, trailers] of [
        [[largeSecret, 'x'], undefined],
        [[largeSecret.slice(0, -1)], { 'x-checksum': '1' }],
      ] as const) {
        const answer = { headers: json, pieces, pause: 50, ...(trailers && { trailers }) };
        const { body, error } = await exchange(deployment, answers, answer);
        expect(error).toBe('ECONNRESET');
        expect(body.includes('"x"')).toBe(false);
      }
      expect(await readMetric(deployment, 'invalid_total')).toBe(2);
    });
  });

  it('asks the upstream for whole bodies, uncompressed', async () => {
    await project().deploy(async ({ url }) => {
      const headers = { range: 'bytes=0-1', 'accept-encoding': 'gzip', 'x-kept': '1' };
      const echoed = await (await fetch(`${url}/headers`, { headers })).text();
      expect(echoed).toContain('"x-kept"');
      expect(echoed).not.toMatch(/"range"|"accept-encoding"/);
    });
  });
}

/** Asks for 20 large bodies at once: 100 MB. */
async function exchangeLarge(deployment: Deployment, answers: Answers, expected: string): Promise<void> {
  const answer = { headers: json, pieces: [largeSecret] };
  const all = Array.from({ length: 20 }, () => exchange(deployment, answers, answer));
  for (const { status, body, error } of await Promise.all(all)) {
    expect({ status, error }).toEqual({ status: 200 });
    expect(body.equals(Buffer.from(expected))).toBe(true);
  }
}

/** Answers that must not change, and what counts them. */
const untouched: readonly (readonly [metric: string | undefined, answer: Answer])[] = [
  [undefined, { headers: { 'content-type': 'text/html' }, pieces: [secret] }],
  [undefined, { headers: {}, pieces: [secret] }],
  [undefined, { headers: json, pieces: [] }],
  [undefined, { headers: lengthOf(''), pieces: [] }],
  [undefined, { status: 204, headers: json, pieces: [] }],
  [undefined, { status: 304, headers: json, pieces: [] }],
  ['skipped_total', { headers: { ...json, 'content-encoding': 'gzip' }, pieces: [secret] }],
  ['skipped_total', { headers: { ...lengthOf(secret), 'content-encoding': 'br' }, pieces: [secret] }],
  ['skipped_total', { status: 206, headers: { ...json, 'content-range': 'bytes 0-1/9' }, pieces: [secret] }],
  ['skipped_total', { headers: { 'content-type': 'application/json; charset=utf-16' }, pieces: [secret] }],
  ['skipped_total', { headers: { 'content-type': 'text/event-stream' }, pieces: [`data: ${secret}\n\n`] }],
  [
    'skipped_total',
    { headers: { 'content-type': 'application/x-ndjson' }, pieces: [`${secret}\n${secret}\n`] },
  ],
  ['invalid_total', { headers: json, pieces: [`${secret}\n${secret}\n`] }],
  ['invalid_total', { headers: json, pieces: [secret, ' x'], pause: 20 }],
  ['invalid_total', { headers: lengthOf(`${secret}}`), pieces: [secret, '}'], pause: 20 }],
  ['invalid_total', { headers: json, pieces: [secret.slice(0, -1)] }],
  ['invalid_total', { headers: json, pieces: [Buffer.from('{"password": "\xff"}', 'latin1')] }],
  ['invalid_total', { headers: json, pieces: ['['.repeat(1_000_000)] }],
];
