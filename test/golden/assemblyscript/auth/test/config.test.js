import assert from "node:assert/strict";
import { test } from "node:test";

import { parseConfig } from "./support/plain.js";

test("has defaults for all but the cluster", () => {
  const config = {
    authCluster: "auth",
    authPath: "",
    authTimeout: 1_000,
    failOpen: false,
    askHeaders: ["authorization"],
    takeHeaders: ["x-auth-user"],
    tellHeaders: ["location", "set-cookie", "www-authenticate"],
  };
  assert.deepEqual(parseConfig(Buffer.from('{"auth_cluster": "auth"}')), { config, error: null });
});

test("requires the cluster", () => {
  for (const json of ["", "{}", '{"fail_open": true}']) {
    assert.equal(parseConfig(Buffer.from(json)).error, "missing field `auth_cluster`");
  }
});

test("reads every field", () => {
  const json = `{
    "auth_cluster": "outbound|80||auth",
    "auth_path": "/check",
    "auth_timeout_ms": 100,
    "fail_open": true,
    "ask_headers": ["Cookie"],
    "take_headers": ["X-User", "x-team"],
    "tell_headers": []
  }`;
  const config = {
    authCluster: "outbound|80||auth",
    authPath: "/check",
    authTimeout: 100,
    failOpen: true,
    askHeaders: ["cookie"],
    takeHeaders: ["x-user", "x-team"],
    tellHeaders: [],
  };
  assert.deepEqual(parseConfig(Buffer.from(json)), { config, error: null });
});

test("names the field that is wrong", () => {
  const fields =
    "`auth_cluster` or `auth_path` or `auth_timeout_ms` or `fail_open` or `ask_headers` or `take_headers` or " +
    "`tell_headers`";
  for (const [field, why] of [
    ['"auth_cluter": "auth"', `auth_cluter: unknown field \`auth_cluter\`, expected ${fields}`],
    ['"auth_path": "check"', "auth_path: expected a path such as /check, or nothing"],
    ['"auth_timeout_ms": 99', "auth_timeout_ms: expected an integer from 100 to 86400000"],
    ['"fail_open": "no"', "fail_open: invalid type: a string, expected a boolean"],
    ['"ask_headers": [":path"]', "ask_headers: `:path` is not the name of a header"],
    ['"take_headers": ["content-length"]', "take_headers: `content-length` cannot be copied to another message"],
    ['"tell_headers": ["location", "Location"]', "tell_headers: `location` is listed twice"],
  ]) {
    assert.equal(parseConfig(Buffer.from(`{"auth_cluster": "auth", ${field}}`)).error, why);
  }
  const { error } = parseConfig(Buffer.from('{"auth_cluster": ""}'));
  assert.equal(error, "auth_cluster: expected the name of a cluster");
});
