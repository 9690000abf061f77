import assert from "node:assert/strict";
import { test } from "node:test";

import { findEnd } from "./support/plain.js";

test("finds where an array, an object or a string ends", () => {
  for (const json of [
    "{}",
    "[]",
    " [[], {}]",
    '{"a": "}"}',
    '["\\"]", "\\\\"]',
    '[{"a\\\\": ["]", 1]}]',
    '"\\"a"',
    "]",
  ]) {
    const text = Buffer.from(`${json} \n`);
    assert.equal(findEnd(text, 1), json.length, json);
    for (const pieceSize of [2, 3, 100]) assert.ok(findEnd(text, pieceSize) >= json.length, json);
  }
});

test("finds no end where there is none", () => {
  for (const text of ["", " ", "1", '"a', '"a\\"', "[", '{"a": {}', '["]', '["\\"]', '["\\\\\\"]', "[[]"]) {
    for (const pieceSize of [1, 2, 100]) assert.equal(findEnd(Buffer.from(text), pieceSize), -1, text);
  }
});
