import assert from "node:assert/strict";
import { test } from "node:test";

import {
  bodyEndFor,
  END_OF_STREAM,
  Last,
  Outcome,
  Oversize,
  Plan,
  planFor,
  runBody,
  Step,
  UNKNOWN_END,
  weaken,
} from "./support/plain.js";

const CONFIG = { redact: ["pin"], replacement: "x", maxBytes: 100_000, oversize: Oversize.Refuse };
const JSON_TYPE = { ":status": "200", "content-type": "application/json" };
const [UNKNOWN, OF_STREAM] = [UNKNOWN_END.value, END_OF_STREAM.value];

const plan = (headers) => Plan[planFor(CONFIG, Object.entries({ ...JSON_TYPE, ...headers }))];

test("collects JSON", () => {
  for (const contentType of [
    "application/json",
    "Application/JSON ; Charset=UTF-8",
    'application/json;charset="utf-8"',
    "application/json; charset=utf8; profile=x",
    "application/json;charset=us-ascii",
    "text/json",
    "application/problem+json",
    "application/vnd.api+json; version=1",
  ]) {
    assert.equal(plan({ "content-type": contentType }), "Collect", contentType);
  }
  for (const headers of [
    { "content-encoding": "identity" },
    { "content-encoding": "" },
    { ":status": "500" },
    { "content-length": "100000" },
    { "content-length": "many" },
  ]) {
    assert.equal(plan(headers), "Collect", JSON.stringify(headers));
  }
});

test("ignores what is not JSON or has no body", () => {
  for (const contentType of ["", "text/html", "application/jsonp", "application/javascript", "json", "a/b+json+xml"]) {
    assert.equal(plan({ "content-type": contentType }), "Ignore", contentType);
  }
  for (const status of ["100", "103", "204", "304"]) assert.equal(plan({ ":status": status }), "Ignore", status);
  assert.equal(Plan[planFor(CONFIG, [])], "Ignore");
});

test("skips JSON that cannot be changed", () => {
  for (const headers of [
    { "content-type": "text/event-stream" },
    { "content-type": "application/x-ndjson; charset=utf-8" },
    { "content-type": "application/json-seq" },
    { "content-type": "application/json; charset=utf-16" },
    { "content-type": "application/json; charset=" },
    { "content-type": "application/json; charset=utf-8; charset=latin1" },
    { "content-encoding": "gzip" },
    { "content-encoding": "identity, br" },
    { ":status": "206" },
    { "content-range": "bytes 0-1/2" },
    { "content-encoding": "gzip", "content-length": "100001" },
  ]) {
    assert.equal(plan(headers), "Skip", JSON.stringify(headers));
  }
});

test("finds by the length that a body is too large", () => {
  for (const length of ["100001", "5000000000", "999999999999999999"]) {
    assert.equal(plan({ "content-length": length }), "Oversize", length);
  }
});

test("knows how the end of a body shows", () => {
  for (const [headers, end] of [
    [{ "content-length": "12", connection: "close" }, 12n],
    [{ "content-length": "0" }, 0n],
    [{ "transfer-encoding": "chunked" }, OF_STREAM],
    [{ connection: "close" }, OF_STREAM],
    [{ "transfer-encoding": "chunked", trailer: "x" }, UNKNOWN],
    [{}, UNKNOWN],
    [{ "content-length": "-1" }, UNKNOWN],
    [{ "content-length": "" }, UNKNOWN],
    [{ "content-length": `${2n ** 64n + 1n}` }, UNKNOWN],
  ]) {
    assert.equal(bodyEndFor(Object.entries(headers)), end, JSON.stringify(headers));
  }
});

test("weakens an entity tag once", () => {
  for (const [etag, weak] of [
    ['"a"', 'W/"a"'],
    ['W/"a"', 'W/"a"'],
    ["", "W/"],
    ["W", "W/W"],
    ["\xff", "W/\xff"],
  ]) {
    assert.equal(Buffer.from(weaken(Buffer.from(etag, "latin1"))).toString("latin1"), weak);
  }
});

/** Each step, what goes on and what is counted, such as `Send {"pin":"x"} Changed`. */
function run(end, pieces, last = Last.More, config = {}) {
  const steps = runBody({ ...CONFIG, ...config }, BigInt(end), pieces.map(Buffer.from), last);
  return steps.map(({ step, output, outcome }) => {
    const counted = outcome === Outcome.None ? "" : ` ${Outcome[outcome]}`;
    return `${Step[step]} ${abbreviate(Buffer.from(output).toString())}${counted}`.replace("  ", " ").trim();
  });
}

function abbreviate(text) {
  return text.replace(/y+/g, (run) => (run.length > 9 ? `${run.length}y` : run));
}

/** JSON that is too large to be held back. */
const LONG = `{"a":"${"y".repeat(20_000)}","pin":1}`;
const LONG_REDACTED = '{"a":"20000y","pin":"x"}';

test("redacts a body of known length when it is complete", () => {
  assert.deepEqual(run(9, ['{"pin":1}']), ['Send {"pin":"x"} Changed']);
  assert.deepEqual(run(9, ['{"pin"', ":1}"], Last.EndOfStream), ["Take", 'Send {"pin":"x"} Changed']);
  assert.deepEqual(run(9, ['{"pin"', ":1}"], Last.Trailers), ["Take", 'Send {"pin":"x"} Changed', "Pass"]);
  assert.deepEqual(run(10, ['{"pin":1}', "", "\n"], Last.EndOfStream), ["Take", "Take", 'Send {"pin":"x"}\n Changed']);
  assert.deepEqual(run(9, ['{"pin":1}', ""], Last.EndOfStream), ['Send {"pin":"x"} Changed', "Pass"]);
});

test("redacts a body at the end of the stream", () => {
  assert.deepEqual(run(OF_STREAM, ['{"pin"', ":1}", " "], Last.EndOfStream), [
    "Take",
    "Take",
    'Send {"pin":"x"} Changed',
  ]);
  assert.deepEqual(run(OF_STREAM, [LONG, ""], Last.EndOfStream), ["Take", `Send ${LONG_REDACTED} Changed`]);
  assert.deepEqual(run(UNKNOWN, ['{"pin"', ":1}"], Last.EndOfStream), ["Hold", 'Send {"pin":"x"} Changed']);
});

test("holds a short body back until trailers come", () => {
  assert.deepEqual(run(UNKNOWN, ['{"pin"', ":1}", " "], Last.Trailers), [
    "Hold",
    "Hold",
    "Hold",
    'Send {"pin":"x"} Changed',
  ]);
  assert.deepEqual(run(UNKNOWN, ['{"pin"'], Last.Trailers), ["Hold", 'Send {"pin" Invalid']);
  const pieces = ["1", " ".repeat(16_383)];
  assert.equal(run(UNKNOWN, pieces, Last.Trailers)[1], "Hold");
  assert.equal(run(UNKNOWN, [...pieces, " "], Last.Trailers)[2], "Take");
});

test("sends a long body as soon as it is closed, since trailers may come", () => {
  const middle = LONG.length - 1;
  assert.deepEqual(run(UNKNOWN, [LONG.slice(0, middle), LONG.slice(middle)], Last.Trailers), [
    "Take",
    `Send ${LONG_REDACTED} Changed`,
    "Pass",
  ]);
  assert.deepEqual(run(UNKNOWN, [LONG, " \n", ""], Last.EndOfStream), [
    `Send ${LONG_REDACTED} Changed`,
    "Pass",
    "Pass",
  ]);
  assert.deepEqual(run(UNKNOWN, ['["', "y".repeat(20_000), '"]'], Last.Trailers), [
    "Hold",
    "Take",
    'Send ["20000y"]',
    "Pass",
  ]);
});

test("breaks off what turns out to be invalid when something was changed or taken", () => {
  assert.deepEqual(run(UNKNOWN, [LONG, " ", "y", "y"]), [
    `Send ${LONG_REDACTED} Changed`,
    "Pass",
    "Break Invalid",
    "Take",
  ]);
  assert.deepEqual(run(UNKNOWN, [LONG.slice(0, -1)], Last.Trailers), ["Take", "Break Invalid"]);
  assert.deepEqual(run(9, ['{"pin"'], Last.Trailers), ["Take", "Break Invalid"]);
  assert.deepEqual(run(OF_STREAM, ['{"pin"'], Last.Trailers), ["Take", "Break Invalid"]);
});

test("passes what turns out to be invalid when nothing was changed", () => {
  const list = `["${"y".repeat(20_000)}"]`;
  assert.deepEqual(run(UNKNOWN, [list, "z", "z"]), ['Send ["20000y"]', "Pass z Invalid", "Pass z"]);
  assert.deepEqual(run(UNKNOWN, [`${list}z`, "z"]), ['Send ["20000y"]z Invalid', "Pass z"]);
  assert.deepEqual(run(9, ['{"pin":1]'], Last.EndOfStream), ['Send {"pin":1] Invalid']);
});

test("passes a body without the names, and an empty one", () => {
  assert.deepEqual(run(OF_STREAM, ["[", "]"], Last.EndOfStream), ["Take", "Send []"]);
  for (const end of [OF_STREAM, UNKNOWN]) {
    assert.deepEqual(run(end, [""], Last.EndOfStream), ["Pass"]);
    assert.deepEqual(run(end, [], Last.Trailers), ["Pass"]);
  }
});

test("breaks off a body that becomes too large, or passes it", () => {
  const pieces = ['["', "y".repeat(99_996), '"]', "y", '"'];
  const pass = { oversize: Oversize.Pass };
  assert.deepEqual(run(OF_STREAM, pieces.slice(0, 3), Last.EndOfStream), ["Take", "Take", 'Send ["99996y"]']);
  assert.deepEqual(run(OF_STREAM, pieces), ["Take", "Take", "Take", "Break Oversize", "Take"]);
  assert.deepEqual(run(OF_STREAM, pieces, Last.More, pass), [
    "Take",
    "Take",
    "Take",
    'Send ["99996y"]y Oversize',
    'Pass "',
  ]);
  assert.deepEqual(run(UNKNOWN, ["", "y".repeat(100_001), "y"], Last.Trailers, pass), [
    "Hold",
    "Send 100001y Oversize",
    "Pass y",
    "Pass",
  ]);
});
