import assert from "node:assert/strict";
import { test } from "node:test";

import { deniesAddress, hello, judge, Verdict } from "./support/plain.js";

const CONFIG = { greeting: "Hello world", denyAddress: Buffer.from(""), denyPrefix: Buffer.from("") };
const DENYING = { ...CONFIG, denyPrefix: Buffer.from("EVIL") };

/** What becomes of a connection whose first bytes are the characters of `start`. */
function verdict(config, start, endOfStream) {
  return Verdict[judge(config, Buffer.from(start, "latin1"), endOfStream)];
}

test("denies the address whatever its port", () => {
  for (const [denied, address, expected] of [
    ["192.0.2.1", "192.0.2.1:5000", true],
    ["192.0.2.1", "192.0.2.10:5000", false],
    ["192.0.2.1", "", false],
    ["[2001:db8::1]", "[2001:db8::1]:5000", true],
    ["", "192.0.2.1:5000", false],
    ["", ":5000", false],
  ]) {
    const config = { ...CONFIG, denyAddress: Buffer.from(denied) };
    assert.equal(deniesAddress(config, Buffer.from(address)), expected);
  }
});

test("denies the prefix and what follows it", () => {
  for (const start of ["EVIL", "EVIL\0"]) {
    assert.equal(verdict(DENYING, start, false), "Deny");
    assert.equal(verdict(DENYING, start, true), "Deny");
  }
});

test("waits for the rest of the prefix", () => {
  for (const start of ["", "E", "EVI"]) {
    assert.equal(verdict(DENYING, start, false), "Wait");
  }
});

test("passes a client that stops inside the prefix", () => {
  for (const start of ["", "E", "EVI"]) {
    assert.equal(verdict(DENYING, start, true), "Pass");
  }
});

test("passes other bytes at once", () => {
  for (const start of ["evil", "EVOL", "x", "\0", "\xff"]) {
    assert.equal(verdict(DENYING, start, false), "Pass");
  }
});

test("passes everything where no prefix is denied", () => {
  for (const start of ["", "EVIL"]) {
    assert.equal(verdict(CONFIG, start, false), "Pass");
  }
});

test("greets from the address", () => {
  const line = hello(CONFIG, Buffer.from("192.0.2.1:5000"));
  assert.equal(Buffer.from(line).toString(), "Hello world from 192.0.2.1:5000\n");
});

test("greets from unknown without an address", () => {
  assert.equal(Buffer.from(hello(CONFIG, null)).toString(), "Hello world from unknown\n");
});

test("takes the greeting from the configuration", () => {
  const line = hello({ ...CONFIG, greeting: "Grüß Gott" }, Buffer.from("a"));
  assert.equal(Buffer.from(line).toString(), "Grüß Gott from a\n");
});
