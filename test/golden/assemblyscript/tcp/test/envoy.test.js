/** Tests of the built module in a real Envoy. `make test` builds the module and finds Envoy. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import net from "node:net";

import { bootstrap, replace, withConfiguration, withSourceAddresses, withUpstream } from "./support/bootstrap.js";
import { Connection } from "./support/connection.js";
import { atOnce, eventually, runEnvoy, startEnvoy, test } from "./support/envoy.js";
import { proxyLine } from "./support/http-client.js";

/** The denied prefix in envoy-bootstrap.yml. */
const DENIED = Buffer.from("EVIL");

// A client stays connected until it has received everything: the upstream, Envoy's echo, drops bytes in flight when a
// client stops sending.

async function assertReceives(client, expected) {
  const bytes = Buffer.from(expected);
  const received = await client.receive(bytes.length);
  assert.equal(received.toString("latin1"), bytes.toString("latin1"));
}

async function assertIsGreeted(client) {
  await assertReceives(client, `Hello world from ${client.address}\n`);
}

async function assertIsClosed(client) {
  assert.equal((await client.receive(1)).length, 0);
}

function count(envoy, name) {
  const plugin = JSON.parse(readFileSync("package.json", "utf8")).name;
  return envoy.stat(`wasmcustom.wasm_filter.${plugin}.${name}`);
}

/** Envoy's own count. */
async function bytesToUpstream(envoy) {
  return await envoy.stat("cluster.upstream.upstream_cx_tx_bytes_total");
}

test("greets once before the first bytes of the upstream", async (t) => {
  const client = await Connection.open(t, await startEnvoy(t));
  client.send("one");
  await assertIsGreeted(client);
  await assertReceives(client, "one");
  client.send("two");
  await assertReceives(client, "two");
});

test("does not greet where the upstream sends nothing", async (t) => {
  const client = await Connection.open(t, await startEnvoy(t));
  client.stopSending();
  await assertIsClosed(client);
});

test("greets before an upstream that speaks first", async (t) => {
  const upstream = net.createServer((socket) => socket.resume().write("ready"));
  t.after(() => upstream.close());
  await once(upstream.listen(0, "127.0.0.1"), "listening");
  const envoy = await runEnvoy(t, withUpstream(bootstrap(), upstream.address().port));
  const client = await Connection.open(t, envoy);
  // The filter holds these bytes back, but not those of the upstream.
  client.send("EV");
  await assertIsGreeted(client);
  await assertReceives(client, "ready");
});

test("takes the greeting from the configuration", async (t) => {
  const client = await Connection.open(t, await startEnvoy(t, '{"greeting": "Good morning"}'));
  client.send("x");
  await assertReceives(client, "Good morning from 127.0.0.1:");
});

test("greets by the address that a load balancer names", async (t) => {
  const client = await Connection.open(t, await runEnvoy(t, withSourceAddresses(bootstrap())));
  client.send(proxyLine("192.0.2.1"));
  client.send("x");
  await assertReceives(client, "Hello world from 192.0.2.1:1234\nx");
});

test("a bad configuration keeps Envoy from starting", async (t) => {
  await assert.rejects(
    startEnvoy(t, '{"deny_prefx": "EVIL"}'),
    /configuration: deny_prefx: unknown field `deny_prefx`/,
  );
});

test("closes a connection that begins with the denied prefix", async (t) => {
  const envoy = await startEnvoy(t);
  const whole = await Connection.open(t, envoy);
  whole.send("EVIL and more");
  await assertIsClosed(whole);

  const split = await Connection.open(t, envoy);
  await split.sendSplit(DENIED);
  await assertIsClosed(split);

  assert.equal(await count(envoy, "denied_connections_total"), 2);
  assert.equal(await count(envoy, "downstream_bytes_total"), 0);
  // Envoy has connected, but no byte has passed.
  assert.equal(await envoy.stat("cluster.upstream.upstream_cx_total"), 2);
  assert.equal(await bytesToUpstream(envoy), 0);
});

test("closes a connection from the denied address before it reaches the upstream", async (t) => {
  const denying = withConfiguration(bootstrap(), '{"deny_address": "192.0.2.1"}');
  const envoy = await runEnvoy(t, withSourceAddresses(denying));
  const denied = await Connection.open(t, envoy);
  denied.send(proxyLine("192.0.2.1"));
  await assertIsClosed(denied);
  assert.equal(await count(envoy, "denied_connections_total"), 1);
  assert.equal(await envoy.stat("cluster.upstream.upstream_cx_total"), 0);

  const other = await Connection.open(t, envoy);
  other.send(proxyLine("192.0.2.10"));
  other.send("x");
  await assertReceives(other, "Hello world from 192.0.2.10:1234\nx");
});

test("passes what begins like the denied prefix but is not", async (t) => {
  const envoy = await startEnvoy(t);
  const client = await Connection.open(t, envoy);
  await client.sendSplit(Buffer.from("EVIdent"));
  await assertIsGreeted(client);
  await assertReceives(client, "EVIdent");
  // Only the first bytes of a connection are checked.
  client.send(DENIED);
  await assertReceives(client, DENIED);
  // Bytes that were held back are counted once.
  assert.equal(await count(envoy, "downstream_bytes_total"), 11);
});

test("a client that stops inside the denied prefix is not lost", async (t) => {
  const envoy = await startEnvoy(t);
  const client = await Connection.open(t, envoy);
  client.send("EV");
  client.stopSending();
  assert.ok(await eventually(async () => (await bytesToUpstream(envoy)) === 2));
});

test("a client that falls silent inside the denied prefix is not kept", async (t) => {
  const envoy = await runEnvoy(t, replace(bootstrap(), "idle_timeout: 60s", "idle_timeout: 1s"));
  const client = await Connection.open(t, envoy);
  client.send("EV");
  await assertIsClosed(client);
});

test("every byte is legal", async (t) => {
  const envoy = await startEnvoy(t);
  const bytes = Uint8Array.from({ length: 256 }, (_, n) => n);
  for (const first of [0, 0x80, 0xff]) {
    const client = await Connection.open(t, envoy);
    client.send(Uint8Array.of(first));
    client.send(bytes);
    await assertIsGreeted(client);
    await assertReceives(client, [first, ...bytes]);
  }
});

test("passes and counts 10 MB both ways", async (t) => {
  const envoy = await startEnvoy(t);
  const client = await Connection.open(t, envoy);
  const bytes = Buffer.from(Uint8Array.from({ length: 10_000_000 }, (_, n) => n % 251));
  client.send(bytes);
  await assertIsGreeted(client);
  const received = await client.receive(bytes.length);
  assert.ok(received.equals(bytes), "the bytes have changed");
  assert.equal(await count(envoy, "downstream_bytes_total"), 10_000_000);
  assert.equal(await count(envoy, "upstream_bytes_total"), 10_000_000);
});

test("serves 200 connections, 10 at once", async (t) => {
  const envoy = await startEnvoy(t);
  for (let round = 0; round < 20; round++) {
    await atOnce(10, async () => {
      const client = await Connection.open(t, envoy);
      client.send("x");
      await assertIsGreeted(client);
      await assertReceives(client, "x");
      client.close();
    });
  }
  assert.equal(await count(envoy, "downstream_bytes_total"), 200);
});
