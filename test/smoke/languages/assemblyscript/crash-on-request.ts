import { after, all } from '../../support/project.ts';

/** Crashes on a request with the header `x-crash`. Other requests also get `source.address` as `x-source`. */
export const crashOnRequest = all(
  after(
    'override onRequestHeaders(count: u32, endOfStream: bool): Action {\n',
    `assert(requestHeaders.get("x-crash") === null);
     requestHeaders.set("x-source", getProperty(["source", "address"])!);\n`,
  ),
  after('import { Action } from "./envoy/action";\n', 'import { getProperty } from "./envoy/property";\n'),
);
