/** A crash drill: what a crash of the filter costs, whatever the filter does. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { bootstrap } from "./support/bootstrap.js";
import { Connection } from "./support/connection.js";
import { TOO_MANY, withCrashes } from "./support/crash.js";
import { atOnce, eventually, runEnvoy, test } from "./support/envoy.js";

/** An Envoy in which too many bytes crash the filter. */
async function start(t) {
  const envoy = await runEnvoy(t, withCrashes(bootstrap(), "proxy_on_downstream_data"));
  assert.ok(await isAnswered(t, envoy, 1), "a connection fails without a crash: see Envoy's log");
  return envoy;
}

/**
 * Opens a connection and sends so many bytes. Returns whether there is an answer: Envoy closes the connection where the
 * filter crashes, or has crashed and is not back.
 */
async function isAnswered(t, envoy, count) {
  const client = await Connection.open(t, envoy);
  try {
    client.send("x".repeat(count));
    const answer = await client.receive(1);
    return answer.length > 0;
  } catch {
    return false;
  } finally {
    client.close();
  }
}

test("a crash closes the connection, and the filter is back", async (t) => {
  const envoy = await start(t);
  const { name } = JSON.parse(readFileSync("package.json", "utf8"));
  const reloads = `wasm.${name}.vm_reload_success`;
  assert.equal(await isAnswered(t, envoy, TOO_MANY), false);
  assert.ok(await eventually(async () => (await isAnswered(t, envoy, 1)) && (await envoy.stat(reloads)) === 1));
  assert.match(envoy.log(), /Function: proxy_on_downstream_data failed/);
});

test("a crash costs others at most the connection in progress", async (t) => {
  const CRASHES = 5;
  const envoy = await start(t);
  let isOver = false;
  const countFailures = async () => {
    let failures = 0;
    while (!isOver) failures += (await isAnswered(t, envoy, 1)) ? 0 : 1;
    return failures;
  };
  const others = atOnce(8, countFailures);
  const crashes = [];
  while (crashes.length < CRASHES && (await eventually(() => isAnswered(t, envoy, 1)))) {
    // Longer than the back-off in envoy-bootstrap.yml.
    await sleep(50);
    crashes.push(await isAnswered(t, envoy, TOO_MANY));
  }
  isOver = true;
  const failures = await others;
  assert.deepEqual(crashes, Array(CRASHES).fill(false));
  assert.ok(Math.max(...failures) <= CRASHES, `${failures}`);
});
