import assert from "node:assert/strict";
import { test } from "node:test";

import {
  isReserved,
  judge,
  makeHeader,
  parseConfig,
  question,
  readName,
  readValue,
  statusOf,
  taken,
  told,
  Verdict,
  whyFailed,
} from "./support/plain.js";

function configure(fields) {
  const { config, error } = parseConfig(Buffer.from(JSON.stringify({ auth_cluster: "auth", ...fields })));
  assert.equal(error, null);
  return config;
}

/** The characters of a value are its bytes. */
function headers(headers) {
  return headers.map(([name, value]) => makeHeader(name, Buffer.from(value, "latin1")));
}

/** The reverse. */
function list(headers) {
  return headers?.map((header) => [readName(header), Buffer.from(readValue(header)).toString("latin1")]);
}

const REQUEST = [
  [":method", "GET"],
  [":path", "/a"],
  [":authority", "example.com"],
];

test("asks with method, path, authority and the chosen headers", () => {
  const config = configure({ ask_headers: ["authorization", "cookie"] });
  const request = headers([
    [":authority", "example.com"],
    [":path", "/a?b=c"],
    [":method", "POST"],
    ["cookie", "a=1"],
    ["content-length", "5"],
    ["authorization", "Bearer alice"],
    ["cookie", "b=2"],
  ]);
  assert.deepEqual(list(question(config, request)), [
    [":method", "POST"],
    [":path", "/a?b=c"],
    [":authority", "example.com"],
    ["cookie", "a=1"],
    ["authorization", "Bearer alice"],
    ["cookie", "b=2"],
  ]);
});

test("asks below the configured path", () => {
  const asked = list(question(configure({ auth_path: "/check" }), headers(REQUEST)));
  assert.deepEqual(asked[1], [":path", "/check/a"]);
});

test("does not ask where the question would be another", () => {
  const config = configure({ ask_headers: ["authorization"] });
  for (const missing of [":method", ":path", ":authority"]) {
    const request = headers(REQUEST.filter(([name]) => name !== missing));
    assert.equal(question(config, request), null, missing);
  }
  const connect = headers([[":method", "CONNECT"], ...REQUEST.slice(1)]);
  assert.equal(question(config, connect), null);
  for (const name of ["authorization", ":path", ":authority", ":method"]) {
    const others = REQUEST.filter(([other]) => other !== name);
    assert.equal(question(config, headers([...others, [name, "/\xff"]])), null, name);
  }
  const asked = list(question(config, headers([...REQUEST, ["x-other", "\xff"]])));
  assert.deepEqual(asked, REQUEST);
});

test("reserves the taken headers, also with underscores", () => {
  const config = configure({ take_headers: ["x-auth-user", "x_team"] });
  for (const name of ["x-auth-user", "x_auth-user", "x_auth_user", "x-team", "x_team"]) {
    assert.equal(isReserved(config, name), true, name);
  }
  for (const name of ["x-auth-use", "x-auth-users", "x-auth-uses", "x_Team", "authorization"]) {
    assert.equal(isReserved(config, name), false, name);
  }
});

/** What the filter makes of a `:status`. */
const judgeStatus = (status) => judge(statusOf(headers([[":status", status]])));

test("any 2xx allows", () => {
  for (const status of ["200", "204", "299"]) assert.equal(judgeStatus(status), Verdict.Allow, status);
});

test("refusals and redirects deny", () => {
  for (const status of ["301", "302", "303", "307", "308", "401", "403"]) {
    assert.equal(judgeStatus(status), Verdict.Deny, status);
  }
});

test("anything else fails", () => {
  for (const status of ["100", "199", "300", "304", "400", "404", "500", "503", "504"]) {
    assert.equal(judgeStatus(status), Verdict.Fail, status);
    assert.equal(whyFailed(Number(status)), `status ${status}`);
  }
  for (const status of ["\xff", "2", "20", "200x", "0200", "+200", "4294967496"]) {
    assert.equal(judgeStatus(status), Verdict.Fail, status);
  }
  assert.equal(judge(statusOf([])), Verdict.Fail);
  assert.equal(whyFailed(statusOf([])), "the response broke off");
});

test("takes every value of the chosen headers only", () => {
  const response = headers([
    ["x-team", "a"],
    ["x-auth-user", "alice"],
    ["x_team", "b"],
    ["x-team", "\xff"],
  ]);
  assert.deepEqual(list(taken(configure({ take_headers: ["x-team"] }), response)), [
    ["x-team", "a"],
    ["x-team", "\xff"],
  ]);
});

test("tells the type of the body and the chosen headers", () => {
  const response = headers([
    [":status", "302"],
    ["set-cookie", "a=1"],
    ["content-type", "text/html"],
    ["content-length", "5"],
    ["set-cookie", "b=2"],
    ["set-cookie", "c=\xff"],
  ]);
  const type = ["content-type", "text/html"];
  const cookies = [
    ["set-cookie", "a=1"],
    ["set-cookie", "b=2"],
  ];
  for (const [names, expected] of [
    [[], [type]],
    [["content-type"], [type]],
    [["set-cookie"], [type, ...cookies]],
  ]) {
    assert.deepEqual(list(told(configure({ tell_headers: names }), response)), expected);
  }
});
