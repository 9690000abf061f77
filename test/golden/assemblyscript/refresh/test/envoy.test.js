/** Tests of the built module in a real Envoy. `make test` builds the module and finds Envoy. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { get } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

import { bootstrap, withConfiguration } from "./support/bootstrap.js";
import { TOO_MANY, withCrashes } from "./support/crash.js";
import { eventually, runEnvoy, startEnvoy, test } from "./support/envoy.js";
import { agent } from "./support/http-client.js";
import { http, startUpstream } from "./support/upstream.js";

/** How often the service refreshes here, in milliseconds. */
const PERIOD = 200;
const DAY = 24 * 60 * 60 * 1_000;

/** The name of both plugins in envoy-bootstrap.yml. */
const PLUGIN = JSON.parse(readFileSync("package.json", "utf8")).name;

/** An Envoy whose service refreshes from `upstream`. */
function start(t, upstream) {
  return runEnvoy(t, withRefresh(withUpstream(upstream), PERIOD, PERIOD / 2));
}

/** envoy-bootstrap.yml with its cluster `refresh` leading to `upstream` instead of Envoy's own listener. */
function withUpstream(upstream) {
  return bootstrap().replace("port_value: 0 } } # REFRESH_PORT", `port_value: ${upstream.port} } }`);
}

/** Makes the first plugin in `bootstrap` refresh from the source that the filter's configuration names. */
function withRefresh(bootstrap, period, timeout) {
  const configuration = {
    refresh_cluster: "refresh",
    refresh_path: "/greeting",
    refresh_period_ms: period,
    refresh_timeout_ms: timeout,
  };
  return withConfiguration(bootstrap, JSON.stringify(configuration));
}

/** As in Istio and Envoy Gateway: the HTTP filter is the only plugin. */
function withoutService(bootstrap) {
  return bootstrap.replace(/^- name: envoy\.bootstrap\.wasm\n.*?(?=^- name:)/ms, "");
}

/** The header `x-hello` that the HTTP filter's upstream receives. */
async function hello(envoy, listener = "ingress") {
  return (await upstreamHeaders(envoy, listener, ""))["x-hello"];
}

async function upstreamHeaders(envoy, listener, raw) {
  const url = `http://${envoy.address(listener)}/headers`;
  // The filter replaces a client's own x-hello.
  const headers = { host: "example.com", "x-hello": "client", "x-raw": raw };
  const [response] = await once(get(url, { headers, agent: agent() }), "response");
  assert.equal(response.statusCode, 200);
  const body = await json(response);
  return body.headers;
}

function successes(envoy) {
  return count(envoy, PLUGIN, "refresh_successes_total");
}

function failures(envoy) {
  return count(envoy, PLUGIN, "refresh_failures_total");
}

function count(envoy, plugin, name) {
  return envoy.stat(`wasmcustom.wasm_filter.${plugin}.${name}`);
}

test("greets as configured while the upstream refuses connections", async (t) => {
  const envoy = await startEnvoy(t);
  assert.ok(await eventually(async () => (await failures(envoy)) > 0));
  assert.equal(await hello(envoy), "Hello world from example.com");
});

test("greets with what the service has fetched", async (t) => {
  const upstream = await startUpstream(t, http(200, '{"greeting": "Grüß Gott"}'));
  const envoy = await start(t, upstream);
  // The echo answers with each byte of a header as the character with that code.
  const expected = Buffer.from("Grüß Gott from example.com").toString("latin1");
  assert.ok(await eventually(async () => (await hello(envoy)) === expected));

  upstream.answer = http(200, '{"greeting": "Good morning"}');
  assert.ok(await eventually(async () => (await hello(envoy)) === "Good morning from example.com"));
});

test("refreshes soon after the start, however long the period", async (t) => {
  const upstream = await startUpstream(t, http(200, '{"greeting": "Hi"}'));
  const envoy = await runEnvoy(t, withRefresh(withUpstream(upstream), DAY, DAY));
  assert.ok(await eventually(async () => (await successes(envoy)) > 0));
});

test("asks for the configured path", async (t) => {
  const upstream = await startUpstream(t, "");
  const configuration = {
    refresh_cluster: "refresh",
    refresh_path: "/a/greeting?x=1",
    refresh_period_ms: 100,
  };
  await runEnvoy(t, withConfiguration(withUpstream(upstream), JSON.stringify(configuration)));
  assert.ok(await eventually(() => upstream.lastRequest !== ""));
  assert.match(
    upstream.lastRequest,
    /^GET \/a\/greeting\?x=1 HTTP\/1\.1\r\nhost: refresh\r\naccept: application\/json\r\n/,
  );
});

test("calls the cluster by the configured authority", async (t) => {
  const upstream = await startUpstream(t, "");
  const configuration = {
    refresh_cluster: "refresh",
    refresh_authority: "greeter.example.com",
    refresh_period_ms: 100,
  };
  await runEnvoy(t, withConfiguration(withUpstream(upstream), JSON.stringify(configuration)));
  assert.ok(await eventually(() => upstream.lastRequest !== ""));
  assert.match(upstream.lastRequest, /\r\nhost: greeter\.example\.com\r\n/);
});

test("keeps the last greeting and goes on whatever the upstream does", async (t) => {
  const upstream = await startUpstream(t, "");
  const envoy = await start(t, upstream);
  const badAnswers = [
    http(500, '{"greeting": "bad"}'),
    http(200, "no JSON"),
    http(200, '{"greting": "bad"}'),
    http(200, Buffer.from('{"greeting": "bad\xff"}', "latin1")),
    http(200, '{"greeting": "bad\\r\\nx-bad: bad"}'),
    http(200, `{"greeting": "${"x".repeat(5_000)}"}`),
    "HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\n{",
    "no HTTP\r\n\r\n",
    "",
  ];
  for (const [number, badAnswer] of badAnswers.entries()) {
    upstream.answer = http(200, `{"greeting": "Good ${number}"}`);
    const expected = `Good ${number} from example.com`;
    assert.ok(await eventually(async () => (await hello(envoy)) === expected));

    upstream.answer = badAnswer;
    await failsTwice(envoy, `${badAnswer}`);
    assert.equal(await hello(envoy), expected);
  }
  const last = await hello(envoy);
  upstream.stop();
  await failsTwice(envoy, "connection refused");
  assert.equal(await hello(envoy), last);
});

/** The first failure may belong to an earlier call. */
async function failsTwice(envoy, why) {
  const before = await failures(envoy);
  assert.ok(await eventually(async () => (await failures(envoy)) >= before + 2), why);
}

test("asks again only after the answer or the time-out", async (t) => {
  const upstream = await startUpstream(t, "");
  const timeout = 5 * PERIOD;
  const begin = performance.now();
  const envoy = await runEnvoy(t, withRefresh(withUpstream(upstream), PERIOD, timeout));
  assert.ok(await eventually(async () => (await failures(envoy)) >= 3));
  const elapsed = performance.now() - begin;
  assert.ok(elapsed > 3 * timeout, `${elapsed} ms`);
});

test("goes on where the cluster does not exist", async (t) => {
  const envoy = await startEnvoy(t, '{"refresh_cluster": "nowhere", "refresh_period_ms": 100}');
  assert.ok(await eventually(async () => (await failures(envoy)) >= 3));
  assert.equal(await hello(envoy), "Hello world from example.com");
});

/** Every thread has a root context, whose first tick comes 50 ms after the start. */
test("without a service one thread at a time refreshes", async (t) => {
  const upstream = await startUpstream(t, http(200, '{"greeting": "Hi"}'));
  const envoy = await runEnvoy(t, withRefresh(withoutService(withUpstream(upstream)), DAY, DAY));
  assert.ok(await eventually(async () => (await hello(envoy)) === "Hi from example.com"));
  // On a slow machine the others may still be to come, but none that should not.
  await sleep(1_000);
  assert.equal(await successes(envoy), 1);
});

test("without a service it goes on", async (t) => {
  const upstream = await startUpstream(t, http(200, '{"greeting": "Hi"}'));
  const envoy = await runEnvoy(t, withRefresh(withoutService(withUpstream(upstream)), PERIOD, PERIOD / 2));
  assert.ok(await eventually(async () => (await successes(envoy)) >= 10));
  assert.equal(await hello(envoy), "Hi from example.com");
});

/** As in Istio, which sets no `vm_id`: all plugins of a proxy have the same shared data and statistics. */
test("plugins of different names have nothing in common", async (t) => {
  const upstream = await startUpstream(t, http(200, '{"greeting": "Good morning"}'));
  const bootstrap = withoutService(withUpstream(upstream)).replaceAll("vm_id:", "# vm_id:");
  const [ingress] = bootstrap.match(/^ {2}- name: ingress\n(?: {3}.*\n)+/m);
  const other = ingress.replace("name: ingress", "name: other").replace(`name: ${PLUGIN}`, "name: other");
  const listeners = [withRefresh(ingress, PERIOD, PERIOD), withRefresh(other, DAY, PERIOD)];
  const envoy = await runEnvoy(t, bootstrap.replace(ingress, listeners.join("")));
  const morning = "Good morning from example.com";
  assert.ok(await eventually(async () => (await hello(envoy, "other")) === morning));

  upstream.answer = http(200, '{"greeting": "Good evening"}');
  const evening = "Good evening from example.com";
  assert.ok(await eventually(async () => (await hello(envoy)) === evening));
  assert.equal(await hello(envoy, "other"), morning);
  assert.equal(await count(envoy, "other", "refresh_successes_total"), 1);
  assert.ok(await eventually(async () => (await successes(envoy)) > 1));
});

test("a bad configuration keeps Envoy from starting", async (t) => {
  await assert.rejects(
    startEnvoy(t, '{"refresh_perod_ms": 500}'),
    /configuration: refresh_perod_ms: unknown field `refresh_perod_ms`/,
  );
});

test("a header that is not UTF-8 survives", async (t) => {
  const envoy = await startEnvoy(t);
  const headers = await upstreamHeaders(envoy, "ingress", "\xff\xfe");
  assert.equal(headers["x-raw"], "\xff\xfe");
  assert.equal(headers["x-hello"], "Hello world from example.com");
});

test("the service goes on when the filter crashes", async (t) => {
  const upstream = await startUpstream(t, http(200, '{"greeting": "Hi"}'));
  const crashing = withCrashes(withUpstream(upstream), "proxy_on_request_headers");
  const envoy = await runEnvoy(t, withRefresh(crashing, PERIOD, PERIOD / 2));
  assert.ok(await eventually(async () => (await hello(envoy)) === "Hi from example.com"));

  const headers = Object.fromEntries(Array.from({ length: TOO_MANY }, (_, number) => [`x-${number}`, "x"]));
  const [response] = await once(get(`http://${envoy.address("ingress")}/`, { headers, agent: agent() }), "response");
  assert.equal(response.statusCode, 503);
  // Longer than the back-off in envoy-bootstrap.yml.
  await sleep(50);
  upstream.answer = http(200, '{"greeting": "Good morning"}');
  assert.ok(await eventually(async () => (await hello(envoy)) === "Good morning from example.com"));
});
