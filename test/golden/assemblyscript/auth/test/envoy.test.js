/** Tests of the built module in a real Envoy. `make test` builds the module and finds Envoy. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

import { bootstrap, replace, withConfiguration, withTrailers, withUpstream } from "./support/bootstrap.js";
import { Connection } from "./support/connection.js";
import { atOnce, eventually, runEnvoy, startEnvoy, test } from "./support/envoy.js";
import { agent } from "./support/http-client.js";
import { http as answer, startUpstream } from "./support/upstream.js";

const PLUGIN = JSON.parse(readFileSync("package.json", "utf8")).name;

/** A service that allows every request and names no user. */
const ALLOW = answer(200, "");

/** An Envoy whose filter asks `service`, and has these fields of the configuration too. */
function start(t, service, fields = {}) {
  return runEnvoy(t, asking(service, fields));
}

function asking(service, fields) {
  const own = "envoy_internal_address: { server_listener_name: auth }";
  const address = `socket_address: { address: 127.0.0.1, port_value: ${service.port} }`;
  // Slow machines must not make a test time out that is not about that.
  const configuration = { auth_cluster: "auth", auth_timeout_ms: 30_000, ...fields };
  return withConfiguration(replace(bootstrap(), own, address), JSON.stringify(configuration));
}

/** A response with these lines. */
function respond(status, lines, body = "") {
  return answer(status, body).toString().replace("\r\n", `\r\n${lines}`);
}

/** Sends a request, and returns the response with its body as text. */
async function send(envoy, { path = "/headers", body, ...options } = {}) {
  const url = `http://${envoy.address("ingress")}${path}`;
  const [response] = await once(http.request(url, { agent: agent(), ...options }).end(body), "response");
  return Object.assign(response, { text: await text(response) });
}

/** The headers that the upstream gets. */
function upstreamHeaders(response) {
  assert.equal(response.statusCode, 200);
  return JSON.parse(response.text).headers;
}

/** Sends these bytes, and returns what comes back until the connection ends. */
async function exchange(t, envoy, request) {
  const client = await Connection.open(t, envoy);
  client.send(request);
  return (await client.receiveAll()).toString();
}

function count(envoy) {
  const names = ["allowed_total", "denied_total", "failed_total"];
  return Promise.all(names.map((name) => envoy.stat(`wasmcustom.wasm_filter.${PLUGIN}.${name}`)));
}

test("lets a request through with the user that the service names", async (t) => {
  const envoy = await startEnvoy(t);
  const response = await send(envoy, { headers: { authorization: "Bearer alice" } });
  assert.equal(upstreamHeaders(response)["x-auth-user"], "alice");
  assert.deepEqual(await count(envoy), [1, 0, 0]);
});

test("refuses as the service does", async (t) => {
  const envoy = await startEnvoy(t);
  const unknown = await send(envoy);
  assert.equal(unknown.statusCode, 401);
  assert.equal(unknown.headers["www-authenticate"], "Bearer");
  assert.equal(unknown.text, "a token is required\n");

  const forbidden = await send(envoy, { headers: { authorization: "Bearer mallory" } });
  assert.equal(forbidden.statusCode, 403);
  assert.equal(forbidden.text, "this token is not valid\n");
  assert.deepEqual(await count(envoy), [0, 2, 0]);
});

test("asks with method, path, host and the chosen headers", async (t) => {
  const service = await startUpstream(t, ALLOW);
  const envoy = await start(t, service, { auth_path: "/check", ask_headers: ["Authorization", "cookie"] });
  const headers = ["host", "example.com", "authorization", "Bearer alice", "x-other", "other", "content-length", "4"];
  headers.push("cookie", "a=1", "cookie", "b=2");
  const response = await send(envoy, { method: "POST", path: "/headers?x=1", headers, body: "body" });
  assert.equal(response.statusCode, 200);
  const question = service.lastRequest;
  for (const expected of [
    "POST /check/headers?x=1 HTTP/1.1\r\nhost: example.com\r\n",
    "\r\nauthorization: Bearer alice\r\n",
    "\r\ncookie: a=1\r\n",
    "\r\ncookie: b=2\r\n",
    "\r\ncontent-length: 0\r\n",
  ]) {
    assert.ok(question.includes(expected), question);
  }
  assert.ok(!question.includes("other"), question);
});

test("asks about the path that the upstream gets", async (t) => {
  const service = await startUpstream(t, ALLOW);
  const envoy = await start(t, service);
  const get = (path) => exchange(t, envoy, `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
  for (const [path, expected] of [
    ["/public/../admin?x=/../y", "/admin?x=/../y"],
    ["/public/%2e%2E/admin", "/admin"],
    ["//admin", "/admin"],
    ["/public\\..\\admin", "/admin"],
  ]) {
    const response = await get(path);
    assert.ok(response.includes(`":path": "${expected}"`), response);
    assert.ok(service.lastRequest.startsWith(`GET ${expected} `), service.lastRequest);
  }
  const response = await get("/public%2F..%2fadmin");
  assert.ok(response.includes("\r\nlocation: /admin\r\n"), response);
});

test("a client cannot set what only the service may set", async (t) => {
  const service = await startUpstream(t, ALLOW);
  const envoy = await start(t, service, { take_headers: ["x-auth-user", "x-team"], fail_open: true });
  const forged = ["x-auth-user", "root", "x_auth_user", "root", "X-Team", "root", "x-team", "\xff"];
  const upstreamGets = async () => {
    const response = await send(envoy, { headers: ["host", "a", ...forged] });
    const headers = upstreamHeaders(response);
    return ["x-auth-user", "x_auth_user", "x-team"].map((name) => headers[name]);
  };
  assert.deepEqual(await upstreamGets(), [undefined, undefined, undefined]);
  service.answer = respond(200, "x-team: a\r\nx-other: c\r\nX-Team: b\r\n");
  assert.deepEqual(await upstreamGets(), [undefined, undefined, "a,b"]);
  service.answer = answer(500, "");
  assert.deepEqual(await upstreamGets(), [undefined, undefined, undefined]);
});

test("a client cannot set them in trailers either", async (t) => {
  const service = await startUpstream(t, ALLOW);
  const upstream = await startUpstream(t, answer(200, ""));
  const envoy = await runEnvoy(t, withTrailers(withUpstream(asking(service, {}), upstream.port)));
  const head = "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";
  await exchange(t, envoy, `${head}1\r\nx\r\n0\r\nx-auth-user: root\r\nx_auth_user: root\r\nx-sum: 1\r\n\r\n`);
  assert.ok(upstream.lastRequest.includes("x-sum: 1"), upstream.lastRequest);
  assert.ok(!upstream.lastRequest.includes("root"), upstream.lastRequest);
});

test("passes status, headers and body of a refusal on", async (t) => {
  const service = await startUpstream(t, "");
  const envoy = await start(t, service);
  const lines = "location: /login\r\nset-cookie: a=1\r\nset-cookie: b=2\r\nx-secret: x\r\ncontent-type: text/html\r\n";
  for (const status of [301, 302, 303, 307, 308, 401, 403]) {
    service.answer = respond(status, lines, "<p>No");
    const { statusCode, headers, text } = await send(envoy);
    assert.equal(statusCode, status);
    assert.equal(headers.location, "/login");
    assert.equal(headers["content-type"], "text/html");
    assert.deepEqual(headers["set-cookie"], ["a=1", "b=2"]);
    assert.equal(headers["x-secret"], undefined);
    assert.equal(text, "<p>No");
  }
  assert.deepEqual(await count(envoy), [0, 7, 0]);
  assert.equal(await envoy.stat("cluster.upstream.upstream_rq_total"), 0);
});

/** What is not a decision. */
const FAILURES = [
  answer(500, "no"),
  answer(404, "no"),
  answer(304, ""),
  "HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\n{",
  "HTTP/1.1 403 x\r\ncontent-length: 9\r\n\r\n{",
  "no HTTP\r\n\r\n",
  "HTTP/1.1 ",
  // Nothing: until the time-out.
  "",
];

test("refuses where the service does not decide", async (t) => {
  const service = await startUpstream(t, "");
  const envoy = await start(t, service, { auth_timeout_ms: 300 });
  for (const [number, failure] of FAILURES.entries()) {
    service.answer = failure;
    const response = await send(envoy);
    assert.equal(response.statusCode, 503, `${failure}`);
    assert.equal(response.text, "authorization is not available\n");
    assert.deepEqual(await count(envoy), [0, 0, number + 1]);
  }
  service.stop();
  assert.equal((await send(envoy)).statusCode, 503);
  const lost = await startEnvoy(t, '{"auth_cluster": "nowhere"}');
  assert.equal((await send(lost)).statusCode, 503);
  assert.deepEqual(await count(lost), [0, 0, 1]);
  assert.match(lost.log(), /cannot authorize a request: cluster nowhere cannot be called: BadArgument/);
  for (const why of ["status 404", "status 503", "status 504", "the response broke off"]) {
    assert.ok(envoy.log().includes(`cannot authorize a request: ${why}`), why);
  }
});

test("lets requests through where it fails open", async (t) => {
  const service = await startUpstream(t, "");
  const envoy = await start(t, service, { auth_timeout_ms: 300, fail_open: true });
  for (const [number, failure] of FAILURES.entries()) {
    service.answer = failure;
    const response = await send(envoy);
    assert.equal(response.statusCode, 200, `${failure}`);
    assert.deepEqual(await count(envoy), [0, 0, number + 1]);
  }
  service.stop();
  assert.equal((await send(envoy)).statusCode, 200);
  assert.deepEqual(await count(envoy), [0, 0, FAILURES.length + 1]);
  const lost = await startEnvoy(t, '{"auth_cluster": "nowhere", "fail_open": true}');
  assert.equal((await send(lost)).statusCode, 200);
  assert.deepEqual(await count(lost), [0, 0, 1]);
});

test("refuses what it cannot ask about even if it fails open", async (t) => {
  const service = await startUpstream(t, ALLOW);
  const envoy = await start(t, service, { fail_open: true });
  const other = await start(t, service, { fail_open: true, ask_headers: ["x-token"] });
  assert.equal((await send(other, { headers: { "x-token": "\xff" } })).statusCode, 403);
  const response = await exchange(t, envoy, "CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n");
  assert.ok(response.startsWith("HTTP/1.1 403 "), response);
  assert.ok(response.endsWith("this request cannot be authorized\n"), response);
  assert.equal(service.lastRequest, "");
  assert.deepEqual(await count(envoy), [0, 1, 0]);
});

test("holds the body until the service has decided", async (t) => {
  let decide;
  const decision = new Promise((resolve) => {
    decide = resolve;
  });
  const service = await startUpstream(t, () => decision);
  const upstream = await startUpstream(t, answer(200, "done"));
  const envoy = await runEnvoy(t, withUpstream(asking(service, {}), upstream.port));
  // More than Envoy buffers.
  const body = "x".repeat(5_000_000);
  const sending = send(envoy, { method: "POST", body });
  assert.ok(await eventually(() => service.lastRequest !== ""));
  await sleep(200);
  assert.equal(await envoy.stat("cluster.upstream.upstream_cx_total"), 0);
  decide(ALLOW);
  assert.equal((await sending).text, "done");
  const [, received] = upstream.lastRequest.split("\r\n\r\n");
  assert.ok(received === body, `${received.length} bytes`);
});

test("requests at once get their own verdicts", async (t) => {
  const service = await startUpstream(t, (question) => {
    const user = /Bearer user-(\d+)/.exec(question)?.[1];
    return user === undefined ? answer(401, "") : respond(200, `x-auth-user: ${user}\r\n`);
  });
  const envoy = await start(t, service);
  await atOnce(30, async (number) => {
    if (number % 3 === 0) return assert.equal((await send(envoy)).statusCode, 401);
    const response = await send(envoy, { headers: { authorization: `Bearer user-${number}` } });
    assert.equal(upstreamHeaders(response)["x-auth-user"], `${number}`);
  });
  assert.deepEqual(await count(envoy), [20, 10, 0]);
});

test("a response to a client that has left does no harm", async (t) => {
  const service = await startUpstream(t, () => sleep(200, ALLOW));
  const envoy = await start(t, service);
  await atOnce(5, async () => {
    const client = await Connection.open(t, envoy);
    client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    assert.ok(await eventually(() => service.lastRequest !== ""));
    client.close();
  });
  const left = "http.ingress.downstream_cx_destroy_remote_active_rq";
  assert.ok(await eventually(async () => (await envoy.stat(left)) === 5));
  assert.equal((await send(envoy)).statusCode, 200);
  assert.deepEqual(await count(envoy), [1, 0, 0]);
});

test("a HEAD request is asked about and refused without a body", async (t) => {
  const service = await startUpstream(t, respond(401, "www-authenticate: Bearer\r\n"));
  const envoy = await start(t, service);
  const refused = await send(envoy, { method: "HEAD", path: "/" });
  assert.equal(refused.statusCode, 401);
  assert.equal(refused.headers["www-authenticate"], "Bearer");
  assert.ok(service.lastRequest.startsWith("HEAD / "));
  service.answer = ALLOW;
  assert.equal((await send(envoy, { method: "HEAD" })).statusCode, 200);
});

test("a bad configuration keeps Envoy from starting", async (t) => {
  for (const [configuration, why] of [
    ["", /configuration: missing field `auth_cluster`/],
    ["{}", /configuration: missing field `auth_cluster`/],
    ['{"auth_cluster": "auth", "fail_opn": true}', /configuration: fail_opn: unknown field `fail_opn`/],
  ]) {
    await assert.rejects(startEnvoy(t, configuration), why);
  }
});

test("headers that are not UTF-8 survive", async (t) => {
  const envoy = await startEnvoy(t);
  const response = await send(envoy, { headers: { authorization: "Bearer alice", "x-raw": "\xff\xfe" } });
  assert.equal(upstreamHeaders(response)["x-raw"], "\xff\xfe");
});
