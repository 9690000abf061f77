import assert from "node:assert/strict";
import { test } from "node:test";

import { hello, MAX_ANSWER, readGreeting } from "./support/plain.js";

const OK = Buffer.from("200");

test("reads the greeting", () => {
  for (const body of [
    '{"greeting": "Grüß Gott"}',
    ' {"more": [1], "greeting": "Gr\\u00fc\\u00df Gott"} ',
    '{"greeting": 1, "greeting": "Grüß Gott"}',
  ]) {
    assert.deepEqual(readGreeting(OK, Buffer.from(body)), { greeting: "Grüß Gott", error: null });
  }
});

test("says why there is no greeting", () => {
  for (const [status, body, why] of [
    [null, "", "the answer broke off"],
    ["500", '{"greeting": "Hi"}', "status 500"],
    ["201", '{"greeting": "Hi"}', "status 201"],
    ["\xff", "", "status \ufffd"],
    ["", "", "status "],
    ["200", "", "unexpected end at line 1 column 1"],
    ["200", "\xff\0", "invalid unicode code point"],
    ["200", '{"greeting": "\xff"}', "invalid unicode code point"],
    ["200", '{"greeting": "Hi"} x', "unexpected character at line 1 column 20"],
    ["200", "[".repeat(MAX_ANSWER.value), "nested too deep at line 1 column 130"],
  ]) {
    const { error } = readGreeting(status && Buffer.from(status, "latin1"), Buffer.from(body, "latin1"));
    assert.equal(error, why, body);
  }
});

test("refuses a greeting that does not fit into a header", () => {
  for (const body of [
    "{}",
    "null",
    '["Hi"]',
    '"greeting"',
    '{"greeting": 1}',
    '{"greeting": ""}',
    '{"greeting": "Hi", "greeting": null}',
    '{"greeting": "a\\r\\nb: c"}',
    '{"greeting": "a\\u0085b"}',
  ]) {
    assert.match(readGreeting(OK, Buffer.from(body)).error, /no greeting/, body);
  }
});

test("greets from the authority", () => {
  const value = hello(Buffer.from("Hello world"), Buffer.from("example.com:8080"));
  assert.equal(Buffer.from(value).toString(), "Hello world from example.com:8080");
});

test("greets from unknown without an authority", () => {
  assert.equal(Buffer.from(hello(Buffer.from("Hello world"), null)).toString(), "Hello world from unknown");
});

test("keeps bytes that are not UTF-8", () => {
  const value = hello(Buffer.from("Grüß Gott"), Buffer.from("\xff\x80", "latin1"));
  assert.deepEqual(Buffer.from(value), Buffer.concat([Buffer.from("Grüß Gott from "), Buffer.from([0xff, 0x80])]));
});
