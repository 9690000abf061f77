import assert from "node:assert/strict";
import { test } from "node:test";

import { keyOf, parseConfig } from "./support/plain.js";

const DEFAULTS = {
  greeting: "Hello world",
  refreshCluster: "",
  refreshAuthority: "",
  refreshPath: "/greeting",
  refreshPeriod: 0,
  refreshTimeout: 1_000,
};

test("nothing means the defaults", () => {
  assert.deepEqual(parseConfig(Buffer.from("")), { config: DEFAULTS, error: null });
});

test("reads every field", () => {
  const json = `{
    "greeting": "Hi",
    "refresh_cluster": "greeter",
    "refresh_authority": "greeter.example.com",
    "refresh_path": "/hi?x=1",
    "refresh_period_ms": 100,
    "refresh_timeout_ms": 86400000
  }`;
  const config = {
    greeting: "Hi",
    refreshCluster: "greeter",
    refreshAuthority: "greeter.example.com",
    refreshPath: "/hi?x=1",
    refreshPeriod: 100,
    refreshTimeout: 86_400_000,
  };
  assert.deepEqual(parseConfig(Buffer.from(json)), { config, error: null });
});

test("a key is of a plugin, cluster, authority and path", () => {
  const config = { ...DEFAULTS, refreshCluster: "c" };
  const key = keyOf("a", config);
  assert.equal(keyOf("a", { ...config, greeting: "Hi", refreshPeriod: 100, refreshTimeout: 100 }), key);
  assert.notEqual(keyOf("b", config), key);
  for (const other of [{ refreshCluster: "d" }, { refreshAuthority: "d" }, { refreshPath: "/" }]) {
    assert.notEqual(keyOf("a", { ...config, ...other }), key);
  }
});

test("names the field that is wrong", () => {
  const fields =
    "`greeting` or `refresh_cluster` or `refresh_authority` or `refresh_path` or `refresh_period_ms` or " +
    "`refresh_timeout_ms`";
  const range = "expected an integer from 100 to 86400000";
  for (const [json, why] of [
    ['{"refresh_perod_ms": 500}', `refresh_perod_ms: unknown field \`refresh_perod_ms\`, expected ${fields}`],
    ['{"greeting": "a\\nb"}', "greeting: control characters are not allowed"],
    ['{"refresh_cluster": "a\\nb"}', "refresh_cluster: control characters are not allowed"],
    ['{"refresh_authority": "a\\nb"}', "refresh_authority: control characters are not allowed"],
    ['{"refresh_path": "greeting"}', "refresh_path: expected a path such as /greeting"],
    ['{"refresh_period_ms": null}', "refresh_period_ms: invalid type: null, expected a number"],
    ['{"refresh_period_ms": 99}', `refresh_period_ms: ${range}`],
    ['{"refresh_timeout_ms": 86400001}', `refresh_timeout_ms: ${range}`],
  ]) {
    assert.equal(parseConfig(Buffer.from(json)).error, why);
  }
});
