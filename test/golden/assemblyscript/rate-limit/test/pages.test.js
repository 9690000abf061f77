import assert from "node:assert/strict";
import { test } from "node:test";

import { createPage, findPlace, readBucket, sipHash, writeBucket } from "./support/plain.js";

const find = (seed, key) => findPlace(Buffer.from(seed), Buffer.from(key));

test("hashes bytes of any length", () => {
  for (const [text, hash] of [
    ["a", 0x407448d2b89b1813n],
    ["1234567", 0xa33d651594fdae81n],
    ["12345678", 0x3489982430560a87n],
    ["123456789", 0x0fbc0f0007965fcfn],
    ["x".repeat(300), 0x2f58903130dc04e4n],
  ]) {
    assert.equal(sipHash(Buffer.from(text)), hash);
  }
});

test("a key has the same bucket in every thread", () => {
  // SipHash-1-3 of these bytes is f0 3a 79 eb 8e a1 7a 4e.
  assert.deepEqual(find("12345678", "alice"), { page: 0x17a, index: 14 });
});

test("keys of any length spread over all pages and buckets", () => {
  const places = new Set();
  for (let length = 0; length < 300; length++) places.add(JSON.stringify(find("seed", "x".repeat(length))));
  assert.equal(places.size, 300);
  const [found, pages, indices] = [new Set(), new Set(), new Set()];
  for (let number = 0; number < 65_536; number++) {
    const { page, index } = find("seed", `${number}`);
    found.add(page * 64 + index);
    pages.add(page);
    indices.add(index);
  }
  // 65,536 keys in as many buckets: 1 - 1/e of them are in use.
  assert.ok(found.size > 41_000 && found.size < 42_000, `${found.size}`);
  assert.deepEqual([pages.size, indices.size], [1024, 64]);
});

test("another seed gives other places", () => {
  let same = 0;
  for (let number = 0; number < 1_000; number++) {
    const [one, other] = [find("12345678", `${number}`), find("12345679", `${number}`)];
    if (one.page === other.page && one.index === other.index) same++;
  }
  assert.ok(same < 10, `${same}`);
});

test("a bucket changes only itself", () => {
  let page = createPage();
  for (let index = 0; index < 64; index++) page = writeBucket(page, index, BigInt(index + 1));
  for (let index = 0; index < 64; index++) assert.equal(readBucket(page, index), BigInt(index + 1));
});

test("buckets of a page that is too short are full", () => {
  const page = Buffer.alloc(15, 1);
  assert.deepEqual(Buffer.from(writeBucket(page, 1, 2n)), page);
  assert.equal(readBucket(page, 1), 0n);
  assert.equal(readBucket(Buffer.from(""), 1), 0n);
});
