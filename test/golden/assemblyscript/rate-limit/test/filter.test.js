import assert from "node:assert/strict";
import { test } from "node:test";

import {
  createLimit,
  Key,
  network as networkOf,
  policy,
  refuse,
  retryAfter,
  state,
  takeToken,
} from "./support/plain.js";

const network = (address) => Buffer.from(networkOf(Buffer.from(address))).toString("latin1");

test("the port of an address does not count", () => {
  for (const [one, other] of [
    ["192.0.2.1:1234", "192.0.2.1:5678"],
    ["[2001:db8::1]:1234", "[2001:db8::1]:5678"],
  ]) {
    assert.equal(network(one), network(other));
  }
  assert.notEqual(network("192.0.2.1:1234"), network("192.0.2.2:1234"));
});

test("an IPv6 network is one client", () => {
  for (const [one, other] of [
    ["2001:db8::1", "2001:db8::ffff:2"],
    ["2001:db8::1", "2001:db8:0:0:1:2:3:4"],
    ["2001:db8:1:2::", "2001:db8:1:2:3:4:5:6"],
    ["2001:db8:1::2:3:4:5", "2001:db8:1:0:a::"],
    ["::1", "::2"],
    ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
  ]) {
    assert.equal(network(`[${one}]:80`), network(`[${other}]:80`), `${one} ${other}`);
  }
  for (const [one, other] of [
    ["2001:db8::1", "2001:db8:0:1::1"],
    ["2001:db8:1:2::", "2001:db8:1:3::"],
    ["2001:db8::1:2:3:4:5", "2001:db8::2:3:4:5"],
    ["::1", "1::1"],
    // An IPv4 client.
    ["::ffff:192.0.2.1", "::ffff:192.0.2.2"],
  ]) {
    assert.notEqual(network(`[${one}]:80`), network(`[${other}]:80`), `${one} ${other}`);
  }
});

test("anything can be an address", () => {
  for (const address of ["", ":", "/tmp/a.sock", "[", "[]", "[:::]:1", Buffer.from("\xff:1", "latin1")]) {
    assert.doesNotThrow(() => network(address));
  }
  assert.notEqual(network("/tmp/a.sock"), network("/tmp/b.sock"));
});

test("tells the client its limit", () => {
  const limit = createLimit({ key: Key.All, header: "", interval: 400_000_000n, burst: 4 });
  assert.equal(policy(Key.All, limit), '"all";q=4;w=2');
  assert.equal(policy(Key.Header, limit), '"header";q=4;w=2');
  assert.equal(state(Key.Address, takeToken(limit, 0n, 1_000n)), '"address";r=3;t=1');
});

test("tells the client when to come again, in whole seconds", () => {
  const limit = createLimit({ key: Key.All, header: "", interval: 1_500_000_000n, burst: 2 });
  for (const [milliseconds, expected] of [
    [0n, "2"],
    [500n, "1"],
    [501n, "1"],
    [1_499n, "1"],
  ]) {
    assert.equal(retryAfter(takeToken(limit, 3_000_000_000n, milliseconds * 1_000_000n)), expected);
  }
  assert.equal(state(Key.All, refuse(limit, 0n)), '"all";r=0;t=3');
  assert.equal(retryAfter(refuse(limit, 0n)), "2");
});
