import assert from "node:assert/strict";
import { test } from "node:test";

import { Key, parseConfig } from "./support/plain.js";

const DEFAULTS = { key: Key.Address, header: "", interval: 100_000_000n, burst: 0 };

test("nothing means the defaults", () => {
  assert.deepEqual(parseConfig(Buffer.from("")), { config: DEFAULTS, error: null });
});

test("reads every field", () => {
  for (const [json, config] of [
    [
      '{"key": "header:X-Api-Key", "requests_per_second": 0.5, "burst": 20}',
      { key: Key.Header, header: "x-api-key", interval: 2_000_000_000n, burst: 20 },
    ],
    ['{"key": "all"}', { ...DEFAULTS, key: Key.All }],
    ['{"key": "address"}', DEFAULTS],
  ]) {
    assert.deepEqual(parseConfig(Buffer.from(json)), { config, error: null });
  }
});

test("names the field that is wrong", () => {
  const key = "key: expected `all`, `address` or `header:` and a name";
  for (const [json, why] of [
    ['{"kye": "all"}', "kye: unknown field `kye`, expected `key` or `requests_per_second` or `burst`"],
    ['{"key": 1}', "key: invalid type: a number, expected a string"],
    ['{"key": "adress"}', key],
    ['{"key": "header:"}', key],
    ['{"key": "header::path"}', key],
    ['{"requests_per_second": 0}', "requests_per_second: expected a number from 0.001 to 1000000"],
    ['{"burst": 0}', "burst: expected an integer from 1 to 1000000"],
  ]) {
    assert.equal(parseConfig(Buffer.from(json)).error, why);
  }
});
