/** The built module inside a real Envoy. `make test` builds the one and finds the other. */

import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { json } from "node:stream/consumers";
import { test } from "node:test";

import { startEnvoy } from "./support/envoy.js";

/** The request headers that reach the upstream, which answers with them as JSON. */
async function upstreamHeaders(envoy, agent, raw) {
  const url = `http://${envoy.address("ingress")}/headers`;
  const request = http.get(url, { agent, headers: { host: "example.com", "x-raw": raw } });
  const [response] = await once(request, "response");
  const body = await json(response);
  return body.headers;
}

test("adds the header", async (t) => {
  const envoy = await startEnvoy(t);
  const headers = await upstreamHeaders(envoy, http.globalAgent, "");
  assert.equal(headers["x-hello"], "Hello world from example.com");
});

test("takes the greeting from the configuration", async (t) => {
  const envoy = await startEnvoy(t, '{"greeting": "Good morning"}');
  const headers = await upstreamHeaders(envoy, http.globalAgent, "");
  assert.equal(headers["x-hello"], "Good morning from example.com");
});

test("a bad configuration keeps Envoy from starting", async (t) => {
  await assert.rejects(startEnvoy(t, '{"greting": "Good morning"}'), /configuration: greting: unknown field `greting`/);
});

test("a header that is not UTF-8 survives", async (t) => {
  const envoy = await startEnvoy(t);
  const headers = await upstreamHeaders(envoy, http.globalAgent, "\xff\xfe");
  // The upstream answers with each byte as the character of that number.
  assert.equal(headers["x-raw"], "\xff\xfe");
  assert.equal(headers["x-hello"], "Hello world from example.com");
});

test("serves 200 requests over one connection", async (t) => {
  const envoy = await startEnvoy(t);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 0; i < 200; i++) {
    const headers = await upstreamHeaders(envoy, agent, "");
    assert.equal(headers["x-hello"], "Hello world from example.com");
  }
  assert.equal(await envoy.stat("http.ingress.downstream_cx_total"), 1);
});
