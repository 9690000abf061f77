import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootstrap, cluster, httpFilter, httpListener } from './bootstrap.ts';
import { Envoy } from './envoy.ts';
import { type Message, startUpstream } from './http.ts';
import { runScript, type Script } from './scripted.ts';

let envoy: Envoy;
let upstream: Awaited<ReturnType<typeof startUpstream>>;
const run = (script: Script, message?: Message) => runScript(envoy, 'http', script, message);

beforeAll(async () => {
  upstream = await startUpstream((r) => ({ headers: {'x-up': 'yes'}, body: JSON.stringify(r), trailers: {rt: 'trail'} }));
  const listeners = [httpListener('http', [httpFilter({ module: 'calls' })], 'upstream')];
  envoy = await Envoy.start(
    bootstrap({ static_resources: { listeners, clusters: [cluster('upstream', [upstream.port]), cluster('empty', []), cluster('inventory', [upstream.port])] } }),
  );
});
afterAll(async () => {
  console.log(await envoy.stop());
  upstream.stop();
});

const h = ':method=GET :path=/x :authority=me';
describe('x', () => {
  it.each([
    `httpCall upstream 1000 body ${h} trailers t=1`,
    `httpCall empty 1000 _ ${h}`,
    `httpCall nowhere 1000 _ ${h}`,
    `httpCall upstream 1000 _ :method=GET :path=/x`,
    `grpcCall empty 1000 a.B C msg`,
    `openGrpcStream empty a.B C`,
    `grpcCall nowhere 1000 a.B C msg`,
    `grpcCall empty 1000 a.B C msg`,
    `grpcCall upstream 1000 a.B C msg`,
    `grpcCall inventory 1000 a.B C msg`,
  ])('%s', async (op) => {
    console.log(op, await run({ onRequestHeaders: [op, ...(['upstream','inventory'].includes(op.split(' ')[1]) ? ['pause'] : [])], onHttpCallResponse: ['callResponseHeaders.getAll', 'callResponseTrailers.getAll', 'getCallResponseBody','requestHeaders.get x-tag', 'continueRequest'] , onGrpcClose: ['continueRequest'], onGrpcMessage: ['getGrpcMessage', 'continueRequest']}));
  }, 9000);
});
