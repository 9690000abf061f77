import assert from "node:assert/strict";
import { test } from "node:test";

import { parseConfig } from "./support/plain.js";

const DEFAULTS = { greeting: "Hello world" };

test("nothing means the defaults", () => {
  for (const json of ["", " \n", "{}"]) {
    assert.deepEqual(parseConfig(Buffer.from(json)), { config: DEFAULTS, error: null });
  }
});

test("reads the greeting", () => {
  const { config } = parseConfig(Buffer.from('{"greeting": "Hi"}'));
  assert.equal(config.greeting, "Hi");
});

test("names the field that is wrong", () => {
  for (const [json, why] of [
    ['{"greting": "Hi"}', "greting: unknown field `greting`, expected `greeting`"],
    ['{"greeting": 1}', "greeting: invalid type: a number, expected a string"],
    ['{"greeting": "a\\nb"}', "greeting: control characters are not allowed"],
    ['{"greeting": "a\\u0085b"}', "greeting: control characters are not allowed"],
  ]) {
    assert.equal(parseConfig(Buffer.from(json)).error, why);
  }
});

test("refuses what is not one JSON object", () => {
  for (const [json, why] of [
    ["hello", "unexpected character at line 1 column 1"],
    ['["Hi"]', "expected a JSON object"],
    ["{", "unexpected end at line 1 column 2"],
    ["{} {}", "unexpected character at line 1 column 4"],
    ['{"greeting": "\xff"}', "invalid unicode code point"],
  ]) {
    assert.equal(parseConfig(Buffer.from(json, "latin1")).error, why);
  }
});
