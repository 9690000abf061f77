/** A crash drill: what a crash of the filter costs, whatever the filter does. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { get } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

import { bootstrap } from "./support/bootstrap.js";
import { TOO_MANY, withCrashes } from "./support/crash.js";
import { atOnce, eventually, runEnvoy, test } from "./support/envoy.js";
import { agent } from "./support/http-client.js";

/** An Envoy in which a request with too many headers crashes the filter. */
async function start(t) {
  const envoy = await runEnvoy(t, withCrashes(bootstrap(), "proxy_on_request_headers"));
  assert.ok(await isServed(envoy, agent()), "a request fails without a crash: see Envoy's log");
  return envoy;
}

/** The status of a request with so many headers; 0 if there is no answer. */
async function request(envoy, client, count) {
  const headers = Object.fromEntries(Array.from({ length: count }, (_, number) => [`x-${number}`, "x"]));
  try {
    const url = `http://${envoy.address("ingress")}/`;
    // Paused by the filter when it crashes, a request gets no answer at all.
    const signal = AbortSignal.timeout(3_000);
    const [response] = await once(get(url, { agent: client, headers, signal }), "response");
    await text(response);
    return response.statusCode;
  } catch {
    return 0;
  }
}

/** Envoy answers a request with 503 where the filter crashes, or has crashed and is not back. */
async function isServed(envoy, client) {
  return ![0, 503].includes(await request(envoy, client, 0));
}

test("a crash is answered with 503, and the filter is back", async (t) => {
  const envoy = await start(t);
  const client = agent();
  const { name } = JSON.parse(readFileSync("package.json", "utf8"));
  const reloads = `wasm.${name}.vm_reload_success`;
  assert.equal(await request(envoy, client, TOO_MANY), 503);
  assert.ok(await eventually(async () => (await isServed(envoy, client)) && (await envoy.stat(reloads)) === 1));
  assert.match(envoy.log(), /Function: proxy_on_request_headers failed/);
});

test("a crash costs others at most the request in progress", async (t) => {
  const CRASHES = 5;
  const envoy = await start(t);
  let isOver = false;
  const countFailures = async () => {
    const client = agent();
    let failures = 0;
    while (!isOver) failures += (await isServed(envoy, client)) ? 0 : 1;
    return failures;
  };
  const others = atOnce(8, countFailures);
  const client = agent();
  const crashes = [];
  while (crashes.length < CRASHES && (await eventually(() => isServed(envoy, client)))) {
    // Longer than the back-off in envoy-bootstrap.yml.
    await sleep(50);
    crashes.push(await request(envoy, client, TOO_MANY));
  }
  isOver = true;
  const failures = await others;
  assert.deepEqual(crashes, Array(CRASHES).fill(503));
  assert.ok(Math.max(...failures) <= CRASHES, `${failures}`);
});
