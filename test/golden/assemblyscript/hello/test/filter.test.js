import assert from "node:assert/strict";
import { test } from "node:test";

import { hello } from "./support/plain.js";

const CONFIG = { greeting: Buffer.from("Hello world") };

test("greets from the authority", () => {
  const value = hello(CONFIG, Buffer.from("example.com:8080"));
  assert.equal(Buffer.from(value).toString(), "Hello world from example.com:8080");
});

test("greets from unknown without an authority", () => {
  assert.equal(Buffer.from(hello(CONFIG, null)).toString(), "Hello world from unknown");
});

test("takes the greeting from the configuration", () => {
  const value = hello({ greeting: Buffer.from("Grüß Gott") }, Buffer.from("a"));
  assert.equal(Buffer.from(value).toString(), "Grüß Gott from a");
});

test("keeps bytes that are not UTF-8", () => {
  const value = hello(CONFIG, Buffer.from("\xff\x80", "latin1"));
  assert.equal(Buffer.from(value).toString("latin1"), "Hello world from \xff\x80");
});
