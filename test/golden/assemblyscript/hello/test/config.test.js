import assert from "node:assert/strict";
import { test } from "node:test";

import { parseConfig } from "./support/plain.js";

test("nothing means the defaults", () => {
  const { config, error } = parseConfig(Buffer.from(""));
  assert.equal(Buffer.from(config.greeting).toString(), "Hello world");
  assert.equal(error, null);
});

test("reads the greeting", () => {
  const { config } = parseConfig(Buffer.from('{"greeting": "Hi"}'));
  assert.equal(Buffer.from(config.greeting).toString(), "Hi");
});

test("names the field that is wrong", () => {
  for (const [json, why] of [
    ['{"greting": "Hi"}', "greting: unknown field `greting`, expected `greeting`"],
    ['{"greeting": 1}', "greeting: invalid type: a number, expected a string"],
    ['{"greeting": "a\\nb"}', "greeting: control characters are not allowed"],
  ]) {
    assert.equal(parseConfig(Buffer.from(json)).error, why);
  }
});
