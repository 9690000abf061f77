/** Tests of the built module in a real Envoy. `make test` builds the module and finds Envoy. */

import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { json, text } from "node:stream/consumers";

import { bootstrap, withUpstream } from "./support/bootstrap.js";
import { Connection } from "./support/connection.js";
import { atOnce, runEnvoy, startEnvoy, test } from "./support/envoy.js";
import { agent } from "./support/http-client.js";
import { http as answer, startUpstream } from "./support/upstream.js";

/** The request headers that the upstream receives: it answers with them as JSON. */
async function upstreamHeaders(envoy, client, raw) {
  const url = `http://${envoy.address("ingress")}/headers`;
  const headers = { host: "example.com", "x-raw": raw };
  const [response] = await once(http.get(url, { agent: client, headers }), "response");
  assert.equal(response.statusCode, 200);
  const body = await json(response);
  return body.headers;
}

test("adds the header", async (t) => {
  const envoy = await startEnvoy(t);
  const headers = await upstreamHeaders(envoy, agent(), "");
  assert.equal(headers["x-hello"], "Hello world from example.com");
});

test("takes the greeting from the configuration", async (t) => {
  const envoy = await startEnvoy(t, '{"greeting": "Good morning"}');
  const headers = await upstreamHeaders(envoy, agent(), "");
  assert.equal(headers["x-hello"], "Good morning from example.com");
});

test("a bad configuration keeps Envoy from starting", async (t) => {
  await assert.rejects(startEnvoy(t, '{"greting": "Good morning"}'), /configuration: greting: unknown field `greting`/);
});

test("a header that is not UTF-8 survives", async (t) => {
  const envoy = await startEnvoy(t);
  const headers = await upstreamHeaders(envoy, agent(), "\xff\xfe");
  // The upstream answers with each byte as the character with that code.
  assert.equal(headers["x-raw"], "\xff\xfe");
  assert.equal(headers["x-hello"], "Hello world from example.com");
});

test("takes a request that arrives byte by byte", async (t) => {
  const client = await Connection.open(t, await startEnvoy(t));
  await client.sendSplit("GET / HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\n\r\n");
  const reply = `${await client.receiveAll()}`;
  assert.ok(reply.startsWith("HTTP/1.1 200 OK\r\n"), reply);
  assert.ok(reply.includes('"x-hello": "Hello world from example.com"'), reply);
});

test("serves 200 requests over one connection", async (t) => {
  const envoy = await startEnvoy(t);
  const client = agent();
  for (let i = 0; i < 200; i++) {
    const headers = await upstreamHeaders(envoy, client, "");
    assert.equal(headers["x-hello"], "Hello world from example.com");
  }
  assert.equal(await envoy.stat("http.ingress.downstream_cx_total"), 1);
});

test("serves 100 requests at once", async (t) => {
  const envoy = await startEnvoy(t);
  for (const headers of await atOnce(100, () => upstreamHeaders(envoy, agent(), ""))) {
    assert.equal(headers["x-hello"], "Hello world from example.com");
  }
});

test("works with a real upstream", async (t) => {
  const upstream = await startUpstream(t, answer(201, "created"));
  const envoy = await runEnvoy(t, withUpstream(bootstrap(), upstream.port));
  const options = { agent: agent(), method: "POST", headers: { host: "example.com" } };
  const request = http.request(`http://${envoy.address("ingress")}/`, options).end("body");
  const [response] = await once(request, "response");
  assert.equal(response.statusCode, 201);
  assert.equal(await text(response), "created");
  assert.match(upstream.lastRequest, /\r\nx-hello: Hello world from example\.com\r\n/);
  assert.ok(upstream.lastRequest.endsWith("\r\n\r\nbody"), upstream.lastRequest);
});
