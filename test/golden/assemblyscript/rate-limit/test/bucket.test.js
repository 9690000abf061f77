import assert from "node:assert/strict";
import { test } from "node:test";

import { createLimit, Key, takeToken } from "./support/plain.js";

const SECOND = 1_000_000_000n;
const NOW = 1_700_000_000n * SECOND;

/** Two tokens per second, unless an interval is given. */
function limitOf(burst, interval = SECOND / 2n) {
  return createLimit({ key: Key.All, header: "", interval, burst });
}

test("a bucket is full at first", () => {
  for (const fullAt of [0n, NOW - 1n, NOW]) {
    assert.deepEqual(takeToken(limitOf(3), fullAt, NOW), {
      isAllowed: true,
      fullAt: NOW + SECOND / 2n,
      remaining: 2n,
      fullIn: SECOND / 2n,
      tokenIn: 0n,
    });
  }
});

test("allows a burst and then one request per interval", () => {
  let last = 0n;
  for (const [milliseconds, ...expected] of [
    [0n, true, 2n, 0n],
    [0n, true, 1n, 0n],
    [0n, true, 0n, 500n],
    [0n, false, 0n, 500n],
    [499n, false, 0n, 1n],
    [500n, true, 0n, 500n],
    [900n, false, 0n, 100n],
    [1_000n, true, 0n, 500n],
    [2_500n, true, 2n, 0n],
  ]) {
    const { isAllowed, remaining, tokenIn, fullAt } = takeToken(limitOf(3), last, NOW + milliseconds * 1_000_000n);
    assert.deepEqual([isAllowed, remaining, tokenIn / 1_000_000n], expected);
    last = fullAt;
  }
});

test("a refusal changes nothing", () => {
  const fullAt = NOW + (3n * SECOND) / 2n;
  const outcome = takeToken(limitOf(3), fullAt, NOW + 1n);
  assert.equal(outcome.isAllowed, false);
  assert.equal(outcome.fullAt, fullAt);
});

test("holds a second of tokens by default", () => {
  for (const [microseconds, burst] of [
    [1_000_000_000n, 1n],
    [2_500_000n, 1n],
    [1_000_000n, 1n],
    [333_333n, 3n],
    [142_857n, 7n],
    [1n, 1_000_000n],
  ]) {
    assert.equal(limitOf(0, microseconds * 1_000n).burst, burst);
  }
});

test("has a token after an interval, however far the clock jumps", () => {
  const limit = limitOf(3);
  for (const seconds of [0n, 1n, 1_000n, 1_000_000_000n]) {
    for (const before of [NOW + seconds * SECOND, NOW - seconds * SECOND]) {
      let fullAt = 0n;
      for (let i = 0; i < 5; i++) fullAt = takeToken(limit, fullAt, before).fullAt;
      const first = takeToken(limit, fullAt, NOW);
      assert.ok(first.tokenIn <= SECOND / 2n);
      assert.ok(takeToken(limit, first.fullAt, NOW + SECOND / 2n).isAllowed, seconds);
    }
  }
});

test("a lower burst counts at once", () => {
  let fullAt = 0n;
  for (let i = 0; i < 1_000; i++) fullAt = takeToken(limitOf(1_000), fullAt, NOW).fullAt;
  const outcome = takeToken(limitOf(2), fullAt, NOW);
  assert.deepEqual([outcome.isAllowed, outcome.tokenIn], [false, SECOND / 2n]);
  assert.ok(takeToken(limitOf(2), outcome.fullAt, NOW + SECOND / 2n).isAllowed);
});

test("never allows more than the burst and the rate, nor less to who waits", () => {
  // A linear congruential generator: the same numbers in every run.
  let seed = 20_261_125n;
  const random = (below) => {
    seed = BigInt.asUintN(64, seed * 6_364_136_223_846_793_005n + 1n);
    return (seed >> 33n) % below;
  };
  for (let round = 0; round < 200; round++) {
    const interval = random(2n * SECOND) + 1_000n;
    const burst = random(50n) + 1n;
    const limit = limitOf(Number(burst), interval);
    const allowed = [];
    let [last, now, tokenAt] = [0n, NOW, 0n];
    for (let i = 0; i < 300; i++) {
      now += random(interval);
      const { isAllowed, fullAt, tokenIn } = takeToken(limit, last, now);
      last = fullAt;
      assert.equal(isAllowed, now >= tokenAt);
      tokenAt = now + tokenIn;
      if (isAllowed) allowed.push(now);
    }
    // In any span of time.
    for (const [first, start] of allowed.entries()) {
      for (const [more, end] of allowed.slice(first).entries()) {
        assert.ok(BigInt(more + 1) <= burst + (end - start) / interval);
      }
    }
  }
});
