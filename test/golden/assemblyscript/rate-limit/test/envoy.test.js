/** Tests of the built module in a real Envoy. `make test` builds the module and finds Envoy. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";

import { bootstrap, withConfiguration, withSourceAddresses, withUpstream } from "./support/bootstrap.js";
import { TOO_MANY, withCrashes } from "./support/crash.js";
import { atOnce, eventually, runEnvoy, startEnvoy, test } from "./support/envoy.js";
import { agent, agentFrom } from "./support/http-client.js";
import { startUpstream } from "./support/upstream.js";

/** Three requests, and then for a long time none. */
const THREE = '{"key": "all", "requests_per_second": 0.001, "burst": 3}';

/** As `THREE`, for each value of the header `x-user`. */
const THREE_EACH = '{"key": "header:X-User", "requests_per_second": 0.001, "burst": 3}';

/** What a client gets. */
async function ask(envoy, client, { users = [], method = "GET", body = "" } = {}) {
  const headers = users.length > 0 ? { "x-user": users } : {};
  const request = http.request(`http://${envoy.address("ingress")}/`, { agent: client, method, headers });
  const [response] = await once(request.end(body), "response");
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** How many of `count` requests are allowed. */
async function countAllowed(envoy, client, users, count) {
  let allowed = 0;
  for (let i = 0; i < count; i++) {
    const { status } = await ask(envoy, client, { users });
    if (status === 200) allowed++;
  }
  return allowed;
}

/** A counter of the plugin, whose name in envoy-bootstrap.yml is that of this package. */
function count(envoy, name) {
  const plugin = JSON.parse(readFileSync("package.json", "utf8")).name;
  return envoy.stat(`wasmcustom.wasm_filter.${plugin}.${name}`);
}

test("allows a burst and refuses the next request", async (t) => {
  const envoy = await startEnvoy(t, THREE);
  for (const [expected, remaining, reset] of [
    [200, 2, 1000],
    [200, 1, 2000],
    [200, 0, 3000],
    [429, 0, 3000],
  ]) {
    const { status, headers } = await ask(envoy, agent());
    assert.equal(status, expected);
    assert.equal(headers["ratelimit-policy"], '"all";q=3;w=3000');
    assert.equal(headers.ratelimit, `"all";r=${remaining};t=${reset}`);
    assert.equal("retry-after" in headers, status === 429);
  }
  const { headers } = await ask(envoy, agent());
  assert.equal(headers["retry-after"], "1000");
});

test("allows requests again after a while", async (t) => {
  const envoy = await startEnvoy(t, '{"key": "all", "requests_per_second": 5, "burst": 1}');
  for (const expected of [429, 200]) {
    assert.ok(
      await eventually(async () => {
        const { status } = await ask(envoy, agent());
        return status === expected;
      }),
    );
  }
});

test("refuses a request with a body", async (t) => {
  const envoy = await startEnvoy(t, THREE);
  const client = agent();
  for (const expected of [200, 200, 200, 429, 429]) {
    const { status, body } = await ask(envoy, client, { method: "POST", body: "x".repeat(100_000) });
    assert.equal(status, expected);
    assert.equal(body === "too many requests\n", status === 429);
  }
});

test("each value of the header has a bucket", async (t) => {
  const envoy = await startEnvoy(t, THREE_EACH);
  const greeting = Buffer.from("Grüß Gott").toString("latin1");
  for (const user of ["alice", "bob", "\xff\x80", greeting, "x".repeat(40_000)]) {
    assert.equal(await countAllowed(envoy, agent(), [user], 5), 3);
  }
  // Of several headers, the first counts.
  assert.equal(await countAllowed(envoy, agent(), ["carol", "alice"], 5), 3);
  assert.equal(await countAllowed(envoy, agent(), ["carol", "dave"], 5), 0);
});

test("requests without the header share a bucket", async (t) => {
  const envoy = await startEnvoy(t, THREE_EACH);
  assert.equal(await countAllowed(envoy, agent(), [], 2), 2);
  assert.equal(await countAllowed(envoy, agent(), [""], 5), 1);
  assert.equal(await countAllowed(envoy, agent(), [], 5), 0);
});

test("each address has a bucket", async (t) => {
  const json = '{"key": "address", "requests_per_second": 0.001, "burst": 3}';
  const envoy = await runEnvoy(t, withSourceAddresses(withConfiguration(bootstrap(), json)));
  for (const [address, expected] of [
    ["192.0.2.1", 3],
    ["192.0.2.2", 3],
    ["192.0.2.1", 0],
    ["2001:db8::1", 3],
    ["2001:db8::2", 0],
    ["2001:db8:0:1::1", 3],
  ]) {
    assert.equal(await countAllowed(envoy, agentFrom(address), [], 4), expected, address);
  }
});

test("all threads share the buckets", async (t) => {
  const envoy = await startEnvoy(t, '{"key": "all", "requests_per_second": 0.001, "burst": 5000}');
  const allowed = await atOnce(20, () => countAllowed(envoy, agent(), [], 500));
  assert.equal(
    allowed.reduce((sum, number) => sum + number, 0),
    5_000,
  );
  assert.equal(await count(envoy, "allowed_total"), 5_000);
  assert.equal(await count(envoy, "limited_total"), 5_000);
  assert.equal(await count(envoy, "contended_total"), 0);
});

test("adds to the limits that an upstream tells", async (t) => {
  const upstream = await startUpstream(t, 'HTTP/1.1 200 x\r\nratelimit: "own";r=1\r\ncontent-length: 0\r\n\r\n');
  const envoy = await runEnvoy(t, withUpstream(withConfiguration(bootstrap(), THREE), upstream.port));
  const { headers } = await ask(envoy, agent());
  assert.equal(headers.ratelimit, '"own";r=1, "all";r=2;t=1000');
});

test("a bad configuration keeps Envoy from starting", async (t) => {
  await assert.rejects(
    startEnvoy(t, '{"key": "adress"}'),
    /configuration: key: expected `all`, `address` or `header:` and a name/,
  );
});

test("keeps the buckets when it crashes", async (t) => {
  const crashing = withCrashes(bootstrap(), "proxy_on_request_headers");
  const envoy = await runEnvoy(t, withConfiguration(crashing, THREE));
  const client = agent();
  for (const remaining of [2, 1, 0]) {
    const { status, headers } = await ask(envoy, client);
    assert.equal(status, 200);
    assert.match(headers.ratelimit, new RegExp(`;r=${remaining};`));
    // Longer than the back-off in envoy-bootstrap.yml.
    await setTimeout(50);
    const crash = await ask(envoy, client, { users: Array(TOO_MANY).fill("x") });
    assert.equal(crash.status, 503);
  }
  const last = await ask(envoy, client);
  assert.equal(last.status, 429);
});
