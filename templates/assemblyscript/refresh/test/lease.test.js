import assert from "node:assert/strict";
import { test } from "node:test";

import { isLeaseOver, takeLease } from "./support/plain.js";

const NOW = 1_700_000_000_000n;
const PERIOD = 100n;

test("nobody has it at first", () => {
  const tooLong = Buffer.concat([takeLease(NOW, PERIOD), Buffer.from([0])]);
  for (const lease of [null, Buffer.from(""), Buffer.from("rubbish"), tooLong]) {
    assert.ok(isLeaseOver(lease, NOW, PERIOD));
  }
});

test("lasts a little less than a period", () => {
  const lease = takeLease(NOW, PERIOD);
  for (const [passed, expected] of [
    [0n, false],
    [89n, false],
    [90n, true],
  ]) {
    assert.equal(isLeaseOver(lease, NOW + passed, PERIOD), expected, `${passed}`);
  }
});

test("does not outlast a clock that is put back", () => {
  const lease = takeLease(NOW + 2n * PERIOD, PERIOD);
  assert.ok(isLeaseOver(lease, NOW, PERIOD));
});
