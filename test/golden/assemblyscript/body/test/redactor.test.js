import assert from "node:assert/strict";
import { test } from "node:test";
import { redact as redactBytes } from "./support/plain.js";
import { randomNumbers } from "./support/random.js";

const NAMES = ["secret", "grüße 😀", "a😀", 'a"b\\c/d\b\f\n\r\t'];
const MEBIBYTE = 1024 * 1024;

/** The redacted text; null if it is not JSON. `text` may be bytes, too. */
function redact(text, names = NAMES, replacement = "x", pieceSize = MEBIBYTE) {
  const redacted = redactBytes(Buffer.from(text), names, replacement, pieceSize);
  return redacted === null ? null : Buffer.from(redacted).toString();
}

test("replaces values of every type at any depth, and leaves all other bytes as they were", () => {
  for (const [json, redacted] of [
    ['{"secret": 1}', '{"secret": "x"}'],
    [' {\t"a" : 0.10,\r\n"secret"\n:\n"1" , "secrets":1} ', ' {\t"a" : 0.10,\r\n"secret"\n:\n"x" , "secrets":1} '],
    ['[{"a":[{"secret":1e5}]},{"secret":true}]', '[{"a":[{"secret":"x"}]},{"secret":"x"}]'],
    ['{"secret":1,"secret":null}', '{"secret":"x","secret":"x"}'],
    ['{"secret":"a\\"b\\\\"}', '{"secret":"x"}'],
    ['{"secret":{"secret":[1,{"a":"}"}]},"b":[]}', '{"secret":"x","b":[]}'],
    ['{"secret":[] }', '{"secret":"x" }'],
    ['{"secret":{} , "a":{"secret":-0}}', '{"secret":"x" , "a":{"secret":"x"}}'],
    ['{"a":{"b":{}},"secret":false}', '{"a":{"b":{}},"secret":"x"}'],
    ['["secret",1]', '["secret",1]'],
    ['{"a":"secret"}', '{"a":"secret"}'],
    ['{"Secret":1,"secre":1,"secrett":1,"":1}', '{"Secret":1,"secre":1,"secrett":1,"":1}'],
  ]) {
    assert.equal(redact(json), redacted);
  }
});

test("compares names without their escapes", () => {
  const toEscapes = (text) =>
    text
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join("");
  for (const name of NAMES) {
    for (const spelling of [
      JSON.stringify(name),
      `"${toEscapes(name)}"`,
      `"${toEscapes(name).replace(/(?<=\\u)..../g, (hex) => hex.toUpperCase())}"`,
    ]) {
      assert.equal(redact(`{${spelling}:1}`), `{${spelling}:"x"}`);
    }
  }
  for (const name of [
    "\\u0073ecret",
    "gr\\u00fc\\u00dfe 😀",
    "grüße \\ud83d\\uDE00",
    'a\\"b\\\\c\\/d\\b\\f\\n\\r\\t',
  ]) {
    assert.equal(redact(`{"${name}":1}`), `{"${name}":"x"}`);
  }
  for (const name of [
    "secret\\u0000",
    "\\u0073ecre",
    "\\\\u0073ecret",
    "grüße \\ud83d",
    "grüße \\ud83d😀",
    "grüße \\ude00\\ud83d",
    "grüße \\ud83d\\ud83d\\ude00",
    "a\\ud83d",
    "\\ud83da\\ude00",
  ]) {
    assert.equal(redact(`{"${name}":1}`), `{"${name}":1}`);
  }
});

test("writes the replacement as a JSON string", () => {
  for (const replacement of ["", "[redacted]", 'a"b\\c\n\0\x1f\x7f', "Grüße 😀", "\u2028"]) {
    assert.deepEqual(JSON.parse(redact('{"secret": 1}', NAMES, replacement)), { secret: replacement });
  }
});

test("rejects what is not JSON", () => {
  for (const text of [
    "",
    " ",
    "{",
    "[",
    "[1",
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    '"a',
    '"\\',
    '"\\u12',
    "{]",
    "[}",
    "{}}",
    "[]]",
    "{} {}",
    "1 2",
    "[1,]",
    "[,1]",
    "[1 2]",
    '{"a":1,}',
    "{,}",
    '{"a" 1}',
    "{a:1}",
    "{1:1}",
    '{"a":1 "b":2}',
    '{"a":1,2}',
    '["a":1]',
    "01",
    "-",
    "+1",
    ".5",
    "1.",
    "1.e5",
    "1e",
    "1e+",
    "--1",
    "0x1",
    "NaN",
    "Infinity",
    "nul",
    "nulll",
    "True",
    "'a'",
    '"\n"',
    '"\0"',
    '"\x1f"',
    '"\\x"',
    '"\\u00g0"',
    '"\\u000"',
    '"\\"',
    "\u00a01",
    "1\u2028",
    "\0",
    "1\0",
    "[1\0]",
    "\ufeff",
    "\ufeff\ufeff1",
    "1\ufeff",
    " \ufeff1",
    "/**/1",
    "1//",
    '{"secret":1',
    '{"secret":01}',
    '{"secret":[}',
    '{"secret":1}}',
    '{"secret":1,}',
  ]) {
    assert.equal(redact(text), null, JSON.stringify(text));
  }
});

test("allows a byte order mark, any scalar and half a pair of surrogates", () => {
  for (const json of [
    "\ufeff{}",
    "\ufeff 1",
    "1",
    '"secret"',
    "null",
    "true",
    "false",
    "-1.5E-07",
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\x7f\u2028"',
  ]) {
    assert.equal(redact(json), json);
  }
  assert.equal(redact('\ufeff{"secret":"\\ud800"}'), '\ufeff{"secret":"x"}');
});

test("rejects what is not UTF-8", () => {
  for (const hex of [
    "ff",
    "80",
    "c3",
    "c328",
    "c08a",
    "c1bf",
    "e0808a",
    "e09fbf",
    "eda080",
    "edbfbf",
    "e282",
    "e28228",
    "f08fbfbf",
    "f0808080",
    "f4908080",
    "f5808080",
    "f8888080",
    "f09f98",
  ]) {
    for (const [before, after] of [
      ['"', '"'],
      ['{"secret":1,"a":"', '"}'],
      ['{"', '":1}'],
      ["", "1"],
      ["1", ""],
      ['"1234567', '"'],
      ['"12345678', '"'],
    ]) {
      const bytes = Buffer.concat([Buffer.from(before), Buffer.from(hex, "hex"), Buffer.from(after)]);
      assert.equal(redact(bytes), null, `${before}${hex}${after}`);
    }
  }
  const first = ["\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\u{10000}", "\u{10ffff}"];
  for (const character of first) assert.equal(redact(`"${character}"`), `"${character}"`);
});

test("survives deep nesting", () => {
  const nest = (depth) => `${'[{"a":'.repeat(depth)}{"secret":1}${"}]".repeat(depth)}`;
  assert.equal(redact(nest(50_000)), nest(50_000).replace("1", '"x"'));
  assert.equal(redact("[".repeat(1_000_000)), null);
  const value = `${"[".repeat(500_000)}${"]".repeat(500_000)}`;
  assert.equal(redact(`{"secret":${value}}`), '{"secret":"x"}');
});

test("redacts a large body in any pieces", () => {
  const users = Array.from({ length: 5_000 }, (_, id) => ({ id, secret: `${id}`, name: "Grüße 😀 ".repeat(id % 9) }));
  const json = JSON.stringify(users);
  const redacted = JSON.stringify(users.map((user) => ({ ...user, secret: "x" })));
  for (const pieceSize of [1, 7, 4096, json.length * 2]) assert.equal(redact(json, NAMES, "x", pieceSize), redacted);
});

/** Random JSON, and the same with every secret replaced. */
class Documents {
  #random;

  constructor(seed) {
    this.#random = randomNumbers(seed);
  }

  next(depth = 0) {
    const space = this.#pick(["", "", " ", "\n\t", "\r"]);
    const [json, redacted] =
      this.#random(depth + 2) > 2
        ? this.#scalar()
        : this.#pick([() => this.#scalar(), () => this.#list(depth), () => this.#object(depth)])();
    return [space + json + space, space + redacted + space];
  }

  #scalar() {
    const json = this.#pick([
      "0",
      "-1.50e+07",
      "true",
      "false",
      "null",
      '""',
      '"secret"',
      '"Grüße 😀"',
      '"\\"}]\\\\"',
      '"\\ud83d"',
      '":,["',
    ]);
    return [json, json];
  }

  #list(depth) {
    const items = Array.from({ length: this.#random(4) }, () => this.next(depth + 1));
    return [0, 1].map((i) => `[${items.map((item) => item[i]).join(",")}]`);
  }

  #object(depth) {
    const fields = Array.from({ length: this.#random(4) }, () => {
      const name = this.#pick(['"a"', '"secret"', '"s\\u0065cret"', '"secret "', '"Grüße"', '"\\ud83d\\ude00"']);
      const [json, redacted] = this.next(depth + 1);
      const isSecret = JSON.parse(name) === "secret";
      return [`${name}:${json}`, `${name}:${isSecret ? redacted.replace(redacted.trim(), () => '"x"') : redacted}`];
    });
    return [0, 1].map((i) => `{${fields.map((field) => field[i]).join(",")}}`);
  }

  #pick(choices) {
    return choices[this.#random(choices.length)];
  }
}

test("redacts 5,000 random documents", () => {
  const documents = new Documents(1);
  let changed = 0;
  for (let i = 0; i < 5_000; i++) {
    const [json, redacted] = documents.next();
    JSON.parse(json);
    assert.equal(redact(json), redacted, json);
    if (json !== redacted) changed++;
  }
  assert.ok(changed > 500, `${changed} changed`);
});

test("agrees with JSON.parse on what is JSON, for 10,000 broken documents", () => {
  const random = randomNumbers(2);
  const documents = new Documents(3);
  const strict = new TextDecoder("utf-8", { fatal: true });
  let accepted = 0;
  for (let i = 0; i < 10_000; i++) {
    const bytes = [...Buffer.from(documents.next()[0])];
    for (let changes = 1 + random(2); changes > 0; changes--) {
      const inserted = [
        [],
        [random(256)],
        [...'"\\{}[]:,0eE+-.\n']
          .map((c) => c.charCodeAt(0))
          .slice(random(15))
          .slice(0, 1),
      ][random(3)];
      bytes.splice(random(bytes.length + 1), random(2), ...inserted);
    }
    const body = Buffer.from(bytes);
    let isJson = true;
    try {
      JSON.parse(strict.decode(body));
    } catch {
      isJson = false;
    }
    assert.equal(redact(body) !== null, isJson, body.toString("latin1"));
    if (isJson) accepted++;
  }
  assert.ok(accepted > 1_000 && accepted < 7_500, `${accepted} accepted`);
});
