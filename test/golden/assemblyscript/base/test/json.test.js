import assert from "node:assert/strict";
import { test } from "node:test";

import { readCluster, readFields, readJson, requireText } from "./support/plain.js";
import { randomNumbers } from "./support/random.js";

const bytes = (text) => new TextEncoder().encode(text);

/** Like `JSON.parse`, but by the reader. */
function parse(json) {
  const { rewritten, error } = readJson(json);
  if (rewritten === null) throw new SyntaxError(error);
  return JSON.parse(rewritten);
}

/** What `parse` returns; undefined if it throws. */
function attempt(parse) {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

test("reads what is JSON", () => {
  for (const json of [
    " null\r\n",
    "[true, false]",
    '"Gr\\u00fc\\u00DF Gott \\ud83d\\ude00 \\"\\\\\\/\\b\\f\\n\\r\\t"',
    '"Grüß Gott 😀 \x7f \u2028"',
    "[0, -0, 1.5, -12e3, 1E+2, 1e-2, 123456789012345678901234567890]",
    '{"a": {"b": [{}, []]}, "": "\\u0000"}',
  ]) {
    assert.deepEqual(parse(json), JSON.parse(json));
  }
});

test("refuses what is not, and says where", () => {
  for (const [json, why] of [
    ["", "unexpected end at line 1 column 1"],
    ["{", "unexpected end at line 1 column 2"],
    ["[1, 2", "unexpected end at line 1 column 6"],
    ['"\\u00', "unexpected end at line 1 column 6"],
    ["{} {}", "unexpected character at line 1 column 4"],
    ['{\n "a": 1,\n}', "unexpected character at line 3 column 1"],
    ["[1,]", "unexpected character at line 1 column 4"],
    ["[1 2]", "unexpected character at line 1 column 4"],
    ["{a: 1}", "unexpected character at line 1 column 2"],
    ['{"a" 1}', "unexpected character at line 1 column 6"],
    ["01", "unexpected character at line 1 column 2"],
    ["+1", "unexpected character at line 1 column 1"],
    [".5", "unexpected character at line 1 column 1"],
    ["1.x", "unexpected character at line 1 column 3"],
    ["1ex", "unexpected character at line 1 column 3"],
    ["NaN", "unexpected character at line 1 column 1"],
    ["nul1", "unexpected character at line 1 column 4"],
    ["'a'", "unexpected character at line 1 column 1"],
    ['"a\nb"', "unexpected character at line 1 column 3"],
    ['"\\x0"', "unexpected character at line 1 column 3"],
    ['"\\u00g0"', "unexpected character at line 1 column 6"],
    ['"\\ud800"', "unexpected character at line 1 column 8"],
    ['"\\ud800\\ud800"', "unexpected character at line 1 column 14"],
    ['"\\ud800\\ue000"', "unexpected character at line 1 column 14"],
    ['"\\udc00\\udc00"', "unexpected character at line 1 column 8"],
    ["\ufeff1", "unexpected character at line 1 column 1"],
    ["\u00a01", "unexpected character at line 1 column 1"],
  ]) {
    assert.throws(() => parse(json), { message: why }, json);
  }
});

test("reads a value in 128 arrays, not in more", () => {
  const nested = (depth) => `${"[".repeat(depth)}1${"]".repeat(depth)}`;
  assert.deepEqual(parse(nested(128)), JSON.parse(nested(128)));
  assert.throws(() => parse(nested(129)), { message: "nested too deep at line 1 column 130" });
  assert.throws(() => parse("[".repeat(1_000_000)), /nested too deep/);
  assert.throws(() => parse('{"a":'.repeat(1_000_000)), /nested too deep/);
});

test("reads huge input", () => {
  const list = JSON.stringify(Array.from({ length: 20_000 }, (_, i) => i));
  assert.deepEqual(parse(list), JSON.parse(list));
  const text = "\n😀".repeat(200_000);
  const json = JSON.stringify({ text });
  assert.equal(readFields(bytes(json)).text, text);
  assert.match(readFields(bytes(json.slice(0, -1))).error, /unexpected end/);
});

test("agrees with JSON.parse on 20,000 documents, most of them broken", () => {
  const whole = '{"a": [1, -2.5e3, true, null], "\\u00fc\\n": {"b": "Grüß Gott", "c": []}}'.match(/\w+|./gu);
  const pieces = [...whole, "0", ".", "E+", "+", "\\", '"', "\t", "false", "nul", "\x7f", "😀"];
  const random = randomNumbers(1);
  let accepted = 0;
  for (let i = 0; i < 20_000; i++) {
    const document = [...whole];
    for (let changes = random(3); changes > 0; changes--) {
      document.splice(random(document.length), random(2), ...pieces.slice(random(pieces.length)).slice(0, random(2)));
    }
    const json = document.join("");
    const expected = attempt(() => JSON.parse(json));
    assert.deepEqual(
      attempt(() => parse(json)),
      expected,
      json,
    );
    if (expected !== undefined) accepted++;
  }
  assert.ok(accepted > 5_000 && accepted < 15_000, `${accepted} accepted`);
});

test("reads the fields of an object by their types", () => {
  const none = {
    text: "none",
    line: "none",
    path: "/",
    prefix: "/check",
    flag: false,
    count: 5,
    mode: 1,
    timeout: 1_000,
    interval: 1n,
    list: ["a"],
    headers: ["x-a"],
    error: null,
  };
  for (const fields of [
    {},
    { text: "a\n", line: "Grüß Gott", path: "/hi?x=1", flag: true, count: 1, timeout: 100 },
    { timeout: 86_400_000, count: 10, flag: false, line: "", text: "" },
    { count: -1 },
    { prefix: "", list: [], headers: [] },
    { prefix: "/a/check", list: ["Grüß", "", "Grüß"], headers: ["x-user", "x_user", "trail", "!#$%&'*+-.^_`|~09"] },
  ]) {
    assert.deepEqual(readFields(bytes(JSON.stringify(fields))), { ...none, ...fields });
  }
  for (const json of ["", " \n"]) assert.deepEqual(readFields(bytes(json)), none);
});

test("reads one of several strings as its number", () => {
  for (const [number, mode] of ["off", "on", "auto"].entries()) {
    assert.equal(readFields(bytes(JSON.stringify({ mode }))).mode, number);
  }
});

test("refuses what is not UTF-8", () => {
  for (const hex of ["ff", "80", "c3", "c328", "c08a", "e0808a", "eda080", "eda0bdedb880", "f4908080", "f888808080"]) {
    const json = Buffer.concat([bytes('{"text": "'), Buffer.from(hex, "hex"), bytes('"}')]);
    assert.equal(readFields(json).error, "invalid unicode code point", hex);
  }
});

test("names the field that is wrong", () => {
  const names = ["text", "line", "path", "prefix", "flag", "count", "mode", "timeout", "interval", "list", "headers"];
  for (const [json, why] of [
    ['{"text": 1}', "text: invalid type: a number, expected a string"],
    ['{"flag": "true"}', "flag: invalid type: a string, expected a boolean"],
    ['{"count": [1]}', "count: invalid type: an array, expected a number"],
    ['{"count": -2}', "count: expected an integer from -1 to 10"],
    ['{"count": 11}', "count: expected an integer from -1 to 10"],
    ['{"count": 1.0}', "count: expected an integer from -1 to 10"],
    ['{"count": 1e0}', "count: expected an integer from -1 to 10"],
    ['{"count": 1e999}', "count: expected an integer from -1 to 10"],
    ['{"count": 4294967297}', "count: expected an integer from -1 to 10"],
    ['{"count": 18446744073709551617}', "count: expected an integer from -1 to 10"],
    ['{"mode": 1}', "mode: invalid type: a number, expected a string"],
    ['{"mode": "On"}', "mode: unknown variant `On`, expected `off` or `on` or `auto`"],
    ['{"mode": ""}', "mode: unknown variant ``, expected `off` or `on` or `auto`"],
    ['{"line": 1}', "line: invalid type: a number, expected a string"],
    ['{"line": "a\\nb"}', "line: control characters are not allowed"],
    ['{"line": "a\\u0085b"}', "line: control characters are not allowed"],
    ['{"path": "greeting"}', "path: expected a path such as /greeting"],
    ['{"path": ""}', "path: expected a path such as /greeting"],
    ['{"path": "/a b"}', "path: expected a path such as /greeting"],
    ['{"path": "/grüße"}', "path: expected a path such as /greeting"],
    ['{"timeout": "5s"}', "timeout: invalid type: a string, expected a number"],
    ['{"timeout": null}', "timeout: invalid type: null, expected a number"],
    ['{"timeout": 99}', "timeout: expected an integer from 100 to 86400000"],
    ['{"timeout": 86400001}', "timeout: expected an integer from 100 to 86400000"],
    ['{"interval": "1"}', "interval: invalid type: a string, expected a number"],
    ['{"interval": -1}', "interval: expected a number from 0.001 to 1000000"],
    ['{"interval": 0.0009}', "interval: expected a number from 0.001 to 1000000"],
    ['{"interval": 1000001}', "interval: expected a number from 0.001 to 1000000"],
    ['{"list": "a"}', "list: invalid type: a string, expected an array"],
    ['{"list": ["a", 1, null]}', "list[1]: invalid type: a number, expected a string"],
    ['{"list": [["a"]]}', "list[0]: invalid type: an array, expected a string"],
    ['{"headers": {}}', "headers: invalid type: an object, expected an array"],
    ['{"headers": ["x-user", 1]}', "headers[1]: invalid type: a number, expected a string"],
    ['{"counts": 1}', `counts: unknown field \`counts\`, expected \`${names.join("` or `")}\``],
    ['{"text": "a", "text": "b"}', "text: duplicate field `text`"],
  ]) {
    assert.equal(readFields(bytes(json)).error, why);
  }
});

test("reads a number per second as the time between two", () => {
  for (const [number, interval] of [
    ["0.001", 1_000_000_000_000n],
    ["0.5", 2_000_000_000n],
    ["3", 333_333_333n],
    ["6.0", 166_666_667n],
    ["1e6", 1_000n],
    ["1E-2", 100_000_000_000n],
  ]) {
    const { interval: found, error } = readFields(bytes(`{"interval": ${number}}`));
    assert.deepEqual({ found, error }, { found: interval, error: null });
  }
});

test("refuses what cannot be put before a path", () => {
  for (const prefix of ["check", "/", "/check/", "/check?x", "/check#x", "/a b", "/ü"]) {
    const why = "prefix: expected a path such as /check, or nothing";
    assert.equal(readFields(bytes(JSON.stringify({ prefix }))).error, why, prefix);
  }
});

test("reads names of headers in any case", () => {
  const { headers, error } = readFields(bytes('{"headers": ["X-User", "ETag", "AZ"]}'));
  assert.deepEqual({ headers, error }, { headers: ["x-user", "etag", "az"], error: null });
});

test("refuses headers that do not exist, describe their message or are listed twice", () => {
  const refuses = (headers, why) => assert.equal(readFields(bytes(JSON.stringify({ headers }))).error, why);
  for (const name of ["", ":path", "x user", "x-üser", "x:user", "x\x7f", "x\0", "x(", "@", "[", "x/y", "😀"]) {
    refuses([name], `headers: \`${name}\` is not the name of a header`);
  }
  for (const name of [
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
  ]) {
    refuses(["x-user", name.toUpperCase()], `headers: \`${name}\` cannot be copied to another message`);
  }
  refuses(["x-user", "X-User"], "headers: `x-user` is listed twice");
});

test("requires the name of a cluster", () => {
  assert.deepEqual(readCluster(bytes('{"cluster": "outbound|80||auth"}')), {
    cluster: "outbound|80||auth",
    error: null,
  });
  for (const [json, why] of [
    ["{}", "missing field `cluster`"],
    ['{"cluster": ""}', "cluster: expected the name of a cluster"],
    ['{"cluster": "a\\nb"}', "cluster: control characters are not allowed"],
    ['{"cluster": 1}', "cluster: invalid type: a number, expected a string"],
  ]) {
    assert.equal(readCluster(bytes(json)).error, why);
  }
});

test("refuses what is not one JSON object", () => {
  for (const [json, why] of [
    ["hello", "unexpected character at line 1 column 1"],
    ['["Hi"]', "expected a JSON object"],
    ["{", "unexpected end at line 1 column 2"],
    ["{} {}", "unexpected character at line 1 column 4"],
  ]) {
    assert.equal(readFields(bytes(json)).error, why);
  }
});

test("names a required field that is missing", () => {
  for (const [json, why] of [
    ['{"text": "a"}', null],
    ['{"text": 1}', "text: invalid type: a number, expected a string"],
    ["{}", "missing field `text`"],
    ["", "missing field `text`"],
    ["[]", "expected a JSON object"],
  ]) {
    assert.equal(requireText(bytes(json)), why);
  }
});
