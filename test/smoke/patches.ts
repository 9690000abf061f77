import type { Context } from '../../src/contexts.ts';
import { all } from './support/bootstrap.ts';
import { type Change, replace, replaceMatch } from './support/project.ts';

const rustHttp = after(
  'fn on_http_request_headers(&mut self, _num_headers: usize, _end_of_stream: bool) -> Action {\n',
  `assert!(self.get_http_request_header_bytes("x-crash").is_none());
   let source = self.get_property(vec!["source", "address"]);
   self.set_http_request_header_bytes("x-source", source.as_deref());\n`,
);
const rustStream = after(
  'fn on_downstream_data(&mut self, data_size: usize, end_of_stream: bool) -> Action {\n',
  'assert_ne!(self.get_downstream_data(0, 1).as_deref(), Some(&b"!"[..]));\n',
);
const assemblyscriptHttp = all(
  after(
    'override onRequestHeaders(count: u32, endOfStream: bool): Action {\n',
    `assert(requestHeaders.get("x-crash") === null);
     requestHeaders.set("x-source", getProperty(["source", "address"])!);\n`,
  ),
  after('import { Action } from "./envoy/action";\n', 'import { getProperty } from "./envoy/property";\n'),
);
const assemblyscriptStream = after(
  'override onDownstreamData(size: u32, endOfStream: bool): Action {\n',
  'assert(size === 0 || downstreamData.get(0, 1)[0] !== 0x21);\n',
);

/**
 * By language, patches that make a sample crash on demand: on a request with the header `x-crash`, on a connection
 * that begins with `!`. Requests also get `source.address` as `x-source`.
 */
export const crashPatches: Readonly<Record<string, Readonly<Record<Context['id'], Change>>>> = {
  rust: { http: rustHttp, root: rustHttp, stream: rustStream },
  assemblyscript: { http: assemblyscriptHttp, root: assemblyscriptHttp, stream: assemblyscriptStream },
};

/** By language, patches by which a root context creates no contexts, and the expected error. */
export const forgetfulPatches: Readonly<Record<string, readonly [Change, string]>> = {
  rust: [replaceMatch(/ {4}fn get_type\(.*\n.*\n {4}\}\n/, ''), 'missing ContextType on root_context\n'],
  assemblyscript: [
    replaceMatch(/ {2}override createContext\(.*\n.*\n {2}\}\n/, ''),
    "does not implement inherited abstract member 'createContext'",
  ],
};

/** By language, patches that make a sample crash when Envoy creates its root context. */
export const earlyCrashPatches: Readonly<Record<string, Change>> = {
  rust: replaceMatch(/set_root_context\(.*\);/, 'set_root_context(|_| panic!("none"));'),
  assemblyscript: replaceMatch(/^setRootContext\(.*\n/m, ''),
};

/** By language, patches that make `greeting` a required field. */
export const requirePatches: Readonly<Record<string, Change>> = {
  rust: all(replace('#[serde(default, deny_unknown_fields)]', '#[serde(deny_unknown_fields)]'), (text) =>
    text.replaceAll(/^ {4}pub (?!greeting|fn)/gm, '    #[serde(default)]\n    pub '),
  ),
  assemblyscript: replace('  parsed.error =', '  fields.require("greeting");\n  parsed.error ='),
};

function after(line: string, more: string): Change {
  return replace(line, line + more);
}
