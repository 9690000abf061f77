import assert from "node:assert/strict";
import { test } from "node:test";

import { parseConfig } from "./support/plain.js";

const DEFAULTS = { greeting: "Hello world", denyAddress: new Uint8Array(), denyPrefix: new Uint8Array() };

test("nothing means the defaults", () => {
  assert.deepEqual(parseConfig(Buffer.from("")), { config: DEFAULTS, error: null });
});

test("reads every field", () => {
  const json = '{"greeting": "Hi", "deny_address": "::1", "deny_prefix": "\\u0016\\u0003ü"}';
  const denyAddress = Uint8Array.from(Buffer.from("::1"));
  const { config } = parseConfig(Buffer.from(json));
  assert.deepEqual(config, { greeting: "Hi", denyAddress, denyPrefix: Uint8Array.of(0x16, 3, 0xc3, 0xbc) });
});

test("names the field that is wrong", () => {
  for (const [json, why] of [
    [
      '{"deny_prefx": "x"}',
      "deny_prefx: unknown field `deny_prefx`, expected `greeting` or `deny_address` or `deny_prefix`",
    ],
    ['{"deny_address": ["192.0.2.1"]}', "deny_address: invalid type: an array, expected a string"],
    ['{"deny_prefix": 1}', "deny_prefix: invalid type: a number, expected a string"],
    ['{"greeting": "a\\nb"}', "greeting: control characters are not allowed"],
  ]) {
    assert.equal(parseConfig(Buffer.from(json)).error, why);
  }
});
