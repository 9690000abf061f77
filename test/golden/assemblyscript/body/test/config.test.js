import assert from "node:assert/strict";
import { test } from "node:test";

import { Oversize, parseConfig } from "./support/plain.js";

const DEFAULTS = {
  redact: ["password", "token"],
  replacement: "[redacted]",
  maxBytes: 1_048_576,
  oversize: Oversize.Refuse,
};

test("nothing means the defaults", () => {
  assert.deepEqual(parseConfig(Buffer.from("")), { config: DEFAULTS, error: null });
});

test("reads each field", () => {
  const fields = { redact: ["pin", "Grüße"], replacement: "x".repeat(100), max_bytes: 16_777_216, oversize: "pass" };
  const { redact, replacement } = fields;
  assert.deepEqual(parseConfig(Buffer.from(JSON.stringify(fields))), {
    config: { redact, replacement, maxBytes: 16_777_216, oversize: Oversize.Pass },
    error: null,
  });
  assert.equal(parseConfig(Buffer.from('{"replacement": ""}')).config.replacement, "");
});

test("names the field that is wrong", () => {
  for (const [json, why] of [
    [
      '{"redcat": ["a"]}',
      "redcat: unknown field `redcat`, expected `redact` or `replacement` or `max_bytes` or `oversize`",
    ],
    ['{"redact": "a"}', "redact: invalid type: a string, expected an array"],
    ['{"redact": ["a", 1]}', "redact[1]: invalid type: a number, expected a string"],
    ['{"redact": []}', "redact: expected one name or more, none of them empty"],
    ['{"redact": ["a", ""]}', "redact: expected one name or more, none of them empty"],
    ['{"replacement": null}', "replacement: invalid type: null, expected a string"],
    [`{"replacement": "${"x".repeat(101)}"}`, "replacement: expected at most 100 bytes"],
    [`{"replacement": "${"€".repeat(34)}"}`, "replacement: expected at most 100 bytes"],
    ['{"max_bytes": 0}', "max_bytes: expected an integer from 1 to 16777216"],
    ['{"max_bytes": 16777217}', "max_bytes: expected an integer from 1 to 16777216"],
    ['{"oversize": "drop"}', "oversize: unknown variant `drop`, expected `pass` or `refuse`"],
    ['{"oversize": true}', "oversize: invalid type: a boolean, expected a string"],
  ]) {
    assert.equal(parseConfig(Buffer.from(json)).error, why);
  }
});
