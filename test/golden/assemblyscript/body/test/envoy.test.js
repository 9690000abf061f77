/** Tests of the built module in a real Envoy. `make test` builds the module and finds Envoy. */

import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { buffer, text } from "node:stream/consumers";

import { bootstrap, withConfiguration, withTrailers, withUpstream } from "./support/bootstrap.js";
import { Connection } from "./support/connection.js";
import { atOnce, runEnvoy, startEnvoy, test } from "./support/envoy.js";
import { agent } from "./support/http-client.js";
import { startUpstream } from "./support/upstream.js";

const SECRET = '{"name": "alice", "token": [1, 2]}';
const REDACTED = '{"name": "alice", "token": "[redacted]"}';

const DIGESTS = ["content-digest", "repr-digest", "digest", "content-md5"];

/** Envoy with an upstream that answers with `headers` and `body`. */
async function start(t, headers, body, configuration = '{"redact": ["token"]}') {
  const upstream = await startUpstream(t, answer(headers, body));
  const envoy = await runEnvoy(t, withUpstream(withConfiguration(bootstrap(), configuration), upstream.port));
  return { envoy, upstream };
}

/** The length is unknown until the connection closes. */
function answer(headers, body) {
  return Buffer.concat([Buffer.from(`HTTP/1.1 200 x\r\nconnection: close\r\n${headers}\r\n`), Buffer.from(body)]);
}

function withLength(body) {
  return `content-type: application/json\r\ncontent-length: ${body.length}\r\n`;
}

async function get(envoy, path = "/", options = {}) {
  const request = http.get(`http://${envoy.address("ingress")}${path}`, { agent: agent(), ...options });
  const [response] = await once(request, "response");
  return response;
}

async function read(envoy, path, options) {
  return text(await get(envoy, path, options));
}

function count(envoy, name) {
  return envoy.stat(`wasmcustom.wasm_filter.my-filter.${name}`);
}

test("redacts at any depth", async (t) => {
  const envoy = await startEnvoy(t);
  const body = await read(envoy, "/user");
  for (const [part, times] of [
    ["[redacted]", 3],
    ["alice", 1],
    ["laptop", 1],
    ["hunter2", 0],
    ["s3cr3t", 0],
  ]) {
    assert.equal(body.split(part).length - 1, times, `${part} in ${body}`);
  }
  assert.equal(await count(envoy, "changed_total"), 1);
});

test("corrects the headers", async (t) => {
  const digests = DIGESTS.map((name) => `${name}: x\r\n`).join("");
  const { envoy } = await start(t, `etag: "1"\r\n${digests}${withLength(SECRET)}`, SECRET);
  const response = await get(envoy);
  assert.equal(response.headers.etag, 'W/"1"');
  for (const name of ["content-length", ...DIGESTS]) assert.ok(!(name in response.headers), name);
  assert.equal(await text(response), REDACTED);
});

test("removes digests from trailers", async (t) => {
  const digests = DIGESTS.map((name) => `${name}: x\r\n`).join("");
  const headers = "content-type: application/json\r\ntransfer-encoding: chunked\r\ntrailer: digest\r\n";
  const body = `${SECRET.length.toString(16)}\r\n${SECRET}\r\n0\r\n${digests}x-end: 1\r\n\r\n`;
  const upstream = await startUpstream(t, `HTTP/1.1 200 x\r\n${headers}\r\n${body}`);
  const envoy = await runEnvoy(t, withTrailers(withUpstream(bootstrap(), upstream.port)));
  const client = await Connection.open(t, envoy);
  client.send("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  const response = `${await client.receiveAll()}`;
  assert.ok(response.endsWith(`${REDACTED}\r\n0\r\nx-end: 1\r\n\r\n`), response);
});

test("leaves the headers of a response without a body", async (t) => {
  const { envoy } = await start(t, `etag: "1"\r\n${withLength(SECRET)}`, "");
  const { headers } = await get(envoy, "/", { method: "HEAD" });
  assert.equal(headers["content-length"], `${SECRET.length}`);
  assert.equal(headers.etag, '"1"');
});

test("skips what it cannot change", async (t) => {
  const { envoy, upstream } = await start(t, "", "");
  for (const [index, headers] of [
    "content-type: application/json\r\ncontent-encoding: gzip\r\n",
    "content-type: application/json; charset=utf-16\r\n",
    "content-type: application/json\r\ncontent-range: bytes 0-1/2\r\n",
    "content-type: text/event-stream\r\n",
  ].entries()) {
    upstream.answer = answer(`etag: "1"\r\n${headers}`, SECRET);
    const response = await get(envoy);
    assert.equal(response.headers.etag, '"1"', headers);
    assert.equal(await text(response), SECRET, headers);
    assert.equal(await count(envoy, "skipped_total"), index + 1, headers);
  }
});

test("leaves what is not JSON", async (t) => {
  const { envoy, upstream } = await start(t, "", "");
  for (const [contentType, body, invalid] of [
    ["text/html", SECRET, 0],
    ["application/json", "", 0],
    ["application/json", `${SECRET}x`, 1],
    ["application/json", Buffer.from('{"token": "\xff"}', "latin1"), 2],
  ]) {
    upstream.answer = answer(`content-type: ${contentType}\r\n`, body);
    assert.deepEqual(await buffer(await get(envoy)), Buffer.from(body));
    assert.equal(await count(envoy, "invalid_total"), invalid);
  }
  assert.equal(await count(envoy, "skipped_total"), 0);
  assert.equal(await count(envoy, "changed_total"), 0);
});

test("asks for the whole body, uncompressed", async (t) => {
  const { envoy, upstream } = await start(t, withLength(SECRET), SECRET);
  const headers = { "accept-encoding": "gzip", range: "bytes=0-1" };
  assert.equal(await read(envoy, "/", { headers }), REDACTED);
  assert.doesNotMatch(upstream.lastRequest, /accept-encoding|range/);
});

test("refuses an oversize response", async (t) => {
  const envoy = await startEnvoy(t);
  const response = await get(envoy, "/large");
  assert.equal(response.statusCode, 502);
  assert.equal(await text(response), "the response is too large to be redacted\n");
  assert.equal(await count(envoy, "oversize_total"), 1);
});

test("breaks off a response that turns out to be oversize", async (t) => {
  const configuration = '{"redact": ["token"], "max_bytes": 33}';
  const { envoy } = await start(t, "content-type: application/json\r\n", SECRET, configuration);
  await assert.rejects(read(envoy), /aborted/);
  assert.equal(await count(envoy, "oversize_total"), 1);
});

test("passes an oversize response if configured", async (t) => {
  const configuration = '{"redact": ["token"], "max_bytes": 33, "oversize": "pass"}';
  const { envoy, upstream } = await start(t, withLength(SECRET), SECRET, configuration);
  assert.equal(await read(envoy), SECRET);
  upstream.answer = answer("content-type: application/json\r\n", SECRET);
  assert.equal(await read(envoy), SECRET);
  assert.equal(await count(envoy, "oversize_total"), 2);
  assert.equal(await count(envoy, "changed_total"), 0);
});

// Envoy would reset it above 1 MiB if the filter left it in Envoy's buffer.
test("redacts 5 MB", async (t) => {
  const configuration = '{"redact": ["token"], "max_bytes": 16777216}';
  const large = (json) => `[${json}${", null".repeat(800_000)}]`;
  const { envoy, upstream } = await start(t, "content-type: application/json\r\n", large(SECRET), configuration);
  assert.ok((await read(envoy)) === large(REDACTED));
  upstream.answer = answer(withLength(large(SECRET)), large(SECRET));
  assert.ok((await read(envoy)) === large(REDACTED));
});

test("serves 200 requests over one connection", async (t) => {
  const envoy = await startEnvoy(t);
  const client = agent();
  for (let i = 0; i < 200; i++) assert.doesNotMatch(await read(envoy, "/user", { agent: client }), /hunter2/);
  assert.equal(await envoy.stat("http.ingress.downstream_cx_total"), 1);
  assert.equal(await count(envoy, "changed_total"), 200);
});

test("serves 100 requests at once", async (t) => {
  const envoy = await startEnvoy(t);
  for (const body of await atOnce(100, () => read(envoy, "/user"))) assert.doesNotMatch(body, /hunter2/);
  assert.equal(await count(envoy, "changed_total"), 100);
});

test("a bad configuration keeps Envoy from starting", async (t) => {
  await assert.rejects(startEnvoy(t, '{"redacts": []}'), /configuration: redacts: unknown field `redacts`/);
});
