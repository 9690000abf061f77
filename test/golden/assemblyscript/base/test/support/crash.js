/** Makes the filter crash on demand, whatever its code does. */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/** A callback crashes if it is called with more headers or bytes than this. It has to be less than 64. */
const LIMIT = 60;

/** Enough headers or bytes for a crash. */
export const TOO_MANY = LIMIT + 10;

/**
 * Envoy runs a copy of build/plugin.wasm in which `callback` crashes on demand: `proxy_on_request_headers` on more than
 * 60 headers, `proxy_on_downstream_data` on more than 60 bytes. Other calls reach the filter.
 */
export function withCrashes(bootstrap, callback) {
  const file = `build/test/${callback}.wasm`;
  const draft = `${file}.${process.pid}`;
  mkdirSync("build/test", { recursive: true });
  writeFileSync(draft, addCrash(readFileSync("build/plugin.wasm"), callback));
  // An Envoy of another test may be reading the file.
  renameSync(draft, file);
  return bootstrap.replaceAll("build/plugin.wasm", file);
}

// The sections of a Wasm module that a function appears in. Each is a list.
const [TYPE, IMPORT, FUNCTION, EXPORT, CODE] = [1, 2, 3, 7, 10];

/** Puts a function before `callback`. If the module does not export that, the new function is all of it. */
function addCrash(module, callback) {
  const sections = splitSections(module);
  const [i32, func] = [0x7f, 0x60];
  const type = append(sections, TYPE, [func, 3, i32, i32, i32, 1, i32]);
  // Imported functions come first. Envoy has nothing but functions to import.
  const [imports] = readNumber(find(sections, IMPORT).content);
  const index = imports + append(sections, FUNCTION, writeNumber(type));

  const name = [callback.length, ...Buffer.from(callback), 0];
  const exports = find(sections, EXPORT).content;
  const at = exports.indexOf(Buffer.from(name));
  // return 0, which is Action.Continue
  let rest = [0x41, 0];
  if (at >= 0) {
    const [original] = readNumber(exports, at + name.length);
    // return original(parameter 0, parameter 1, parameter 2)
    rest = [0x20, 0, 0x20, 1, 0x20, 2, 0x10, ...writeNumber(original)];
    // No two exports have the same name.
    exports[at + 1] = "_".charCodeAt(0);
  }
  append(sections, EXPORT, [...name, ...writeNumber(index)]);

  // if (parameter 1 > LIMIT) unreachable
  const crash = [0, 0x20, 1, 0x41, LIMIT, 0x4b, 0x04, 0x40, 0x00, 0x0b];
  const body = [...crash, ...rest, 0x0b];
  append(sections, CODE, [...writeNumber(body.length), ...body]);
  const written = sections.map(({ id, content }) => [Buffer.from([id, ...writeNumber(content.length)]), content]);
  return Buffer.concat([module.subarray(0, 8), ...written.flat()]);
}

function splitSections(module) {
  const sections = [];
  for (let at = 8; at < module.length; ) {
    const [length, start] = readNumber(module, at + 1);
    sections.push({ id: module[at], content: module.subarray(start, start + length) });
    at = start + length;
  }
  return sections;
}

function find(sections, id) {
  return sections.find((section) => section.id === id);
}

/** Appends to the list of a section, and returns how long it was. */
function append(sections, id, entry) {
  const section = find(sections, id);
  const [length, start] = readNumber(section.content);
  section.content = Buffer.concat([
    Buffer.from(writeNumber(length + 1)),
    section.content.subarray(start),
    Buffer.from(entry),
  ]);
  return length;
}

/** A number in LEB128, 7 bits in each byte, and where it ends. */
function readNumber(bytes, start = 0) {
  let [value, at] = [0, start];
  do value |= (bytes[at] & 0x7f) << (7 * (at - start));
  while (bytes[at++] >= 0x80);
  return [value, at];
}

function writeNumber(value) {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...writeNumber(value >> 7)];
}
